// One ballot that is held: its scans beside one another with what differs, and the decisions that fit.
import { html, useEffect, useState } from './html.js';
import { call } from './api.js';
import { AskedFault, useAsked } from './asked.js';
import { t } from './i18n.js';
import { Sheet } from './sheet.js';
import { questionName, questionOf, valueWords } from './values.js';

const scanName = (scan) => t('refused.page', { file: scan.file, page: scan.page });

// Scans by the page of the ballot they show.
function pagesOf(detail) {
  const pages = new Map();
  for (const scan of detail.scans) pages.set(scan.ballot_page, [...(pages.get(scan.ballot_page) ?? []), scan]);
  return [...pages].sort(([a], [b]) => a - b);
}

// What the scans of one page say, question by question; those that differ first.
function Readings({ survey, form, scans }) {
  const ids = Object.keys(scans[0].readings);
  const rows = ids.map((question) => ({ question, values: scans.map((scan) => scan.readings[question] ?? '') }));
  const differ = rows.filter(({ values }) => values.some((value) => value !== values[0]));
  if (!differ.length) return html`<p class="why">${t('held.same', { count: rows.length })}</p>`;
  return html`<div class="across"><table class="readings"><thead><tr><th scope="col">${t('held.question')}</th>
      ${scans.map((scan, at) => html`<th key=${scan.id} scope="col">${t('held.scan', { number: at + 1 })}</th>`)}</tr></thead>
    <tbody>${differ.map(({ question, values }) => {
      const asked = questionOf(survey, { form, question });
      return html`<tr key=${question}><th scope="row">${questionName(asked, { question })}</th>
        ${values.map((value, at) => html`<td key=${scans[at].id}>${value === '?' ? t('held.doubtful') : valueWords(asked, value)}</td>`)}</tr>`;
    })}</tbody></table></div>
    <p class="hint">${t('held.differ', { count: differ.length, all: rows.length })}</p>`;
}

function Scans({ detail, survey, decide, ask }) {
  return pagesOf(detail).map(([number, scans]) => html`<section key=${number} class="scans">
    <h2>${t('held.page', { page: number })}${scans.length > 1 ? ` · ${t('held.times', { count: scans.length })}` : ''}</h2>
    ${scans.length > 1 && html`<${Readings} survey=${survey} form=${detail.form} scans=${scans} />`}
    <div class="scanpics">${scans.map((scan, at) => html`<div key=${scan.id}>
      <${Sheet} id=${scan.id} width=${700} label=${scans.length > 1 ? `${t('held.scan', { number: at + 1 })} · ${scanName(scan)}` : scanName(scan)} />
      ${scan.chosen ? html`<p class="counted">✓ ${t('held.counted')}</p>` : scans.length > 1 && detail.status === 'duplicate' && html`<button type="button" class=${scans.some((one) => one.chosen) ? 'secondary' : undefined} onClick=${() => ask({
        title: t('held.choose.title', { number: at + 1, page: number }),
        initial: t('held.choose.reason'),
        send: (reason) => decide('choose', { scan: scan.id, reason }, t('held.chosen', { serial: detail.printed, page: number, number: at + 1 })),
      })}>${t('held.choose', { number: at + 1 })}</button>`}</div>`)}</div>
  </section>`);
}

function Nearest({ list }) {
  if (!list?.length) return null;
  return html`<p>${t('held.nearest')}</p><ul class="nearest">${list.map((one) => html`<li key=${one.printed}><strong>${one.printed}</strong> · ${one.group} · ${one.agency} · ${one.origin}</li>`)}</ul>`;
}

// Group, agency and unit, from those the survey asks.
function Cell({ value, onChange }) {
  const [cells, setCells] = useState([]);
  useEffect(() => {
    call('GET', '/api/quota').then((data) => setCells(data.cells), () => {});
  }, []);
  const parts = ['group', 'agency', 'origin'];
  const offered = (part, at) => {
    const fitting = cells.filter((cell) => parts.slice(0, at).every((before) => cell[before] === value[before]));
    return [...new Set(fitting.map((cell) => cell[part]))];
  };
  return html`<div class="cellparts">${parts.map((part, at) => html`<label key=${part}>${t(`held.${part}`)}
    <select required value=${value[part] ?? ''} disabled=${at > 0 && !value[parts[at - 1]]}
      onChange=${(event) => onChange({ ...Object.fromEntries(parts.slice(0, at).map((before) => [before, value[before]])), [part]: event.target.value })}>
      <option value="" disabled>${t('held.pick')}</option>${offered(part, at).map((code) => html`<option key=${code} value=${code}>${code}</option>`)}</select></label>`)}</div>`;
}

function Assign({ ballot, decide, ask }) {
  const [cell, setCell] = useState({});
  const send = (event) => {
    event.preventDefault();
    if (cell.origin) ask({ title: t('held.assign.title', { serial: ballot.printed, ...cell }), initial: '',
      send: (reason) => decide('assign', { ...cell, reason }, t('held.assigned', { serial: ballot.printed, ...cell })) });
  };
  return html`<form class="assign" onSubmit=${send}><${Cell} value=${cell} onChange=${setCell} />
    <button type="submit" class="secondary">${t('held.assign')}</button></form>`;
}

export function Ballot({ ballot, survey, asking, decide, ask }) {
  const asked = useAsked(`/api/ballots/${encodeURIComponent(ballot.serial)}`, asking);
  const detail = asked.data;
  const reject = () => ask({ title: t('held.reject.title', { serial: ballot.printed }), initial: '',
    send: (reason) => decide('reject', { reason }, t('held.rejected', { serial: ballot.printed })) });
  return html`<section class="picked" aria-label=${t('settle.ballot', { serial: ballot.printed })}>
    <h1>${t('settle.ballot', { serial: ballot.printed })} · ${t(`held.is.${ballot.status}`)}</h1>
    <p class="why">${t(`held.why.${ballot.status}`, { read: ballot.pages_read, expected: ballot.pages_expected })}</p>
    <${AskedFault} asked=${asked} />
    ${detail && html`<${Nearest} list=${detail.nearest} />`}
    <div class="choices">${ballot.status === 'unknown-serial' && html`<${Assign} ballot=${ballot} decide=${decide} ask=${ask} />`}
      <button type="button" class="secondary" onClick=${reject}>${t('held.reject')}</button></div>
    ${detail ? html`<${Scans} detail=${detail} survey=${survey} decide=${decide} ask=${ask} />` : !asked.error && html`<p class="loading" aria-busy="true">${t('loading')}</p>`}
  </section>`;
}
