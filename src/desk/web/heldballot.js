// One ballot that is held: its scans, and its pages as people entered them by hand, beside one another with what
// differs, and the decisions that fit.
import { html, useEffect, useState } from './html.js';
import { call } from './api.js';
import { AskedFault, useAsked } from './asked.js';
import { formatMoment, t } from './i18n.js';
import { Sheet } from './sheet.js';
import { questionName, questionOf, valueWords } from './values.js';

const scanName = (scan) => t('refused.page', { file: scan.file, page: scan.page });

// What there is of each page of the ballot: its scans, then the page as people entered it.
function pagesOf(detail) {
  const pages = new Map();
  for (const one of [...detail.scans, ...detail.entered]) pages.set(one.ballot_page, [...(pages.get(one.ballot_page) ?? []), one]);
  return [...pages].sort(([a], [b]) => a - b);
}

const isEntry = (one) => Boolean(one.readers);
const nameOf = (one, at) => (isEntry(one) ? t('held.entry') : t('held.scan', { number: at + 1 }));

// What it says of a question, in words.
function wordsOf(one, asked, question) {
  const value = one.readings[question];
  if (isEntry(one)) return value === undefined ? t('held.entry.differ') : valueWords(asked, value);
  return value === '?' ? t('held.doubtful') : valueWords(asked, value ?? '');
}

// What the scans of one page, and who entered it, say, question by question; only those that differ.
function Readings({ survey, form, all }) {
  const rows = Object.keys(all[0].readings).map((question) => {
    const asked = questionOf(survey, { form, question });
    return { question, name: questionName(asked, { question }), words: all.map((one) => wordsOf(one, asked, question)) };
  });
  const differ = rows.filter(({ words }) => words.some((word) => word !== words[0]));
  if (!differ.length) return html`<p class="why">${t('held.same', { count: rows.length })}</p>`;
  return html`<div class="across"><table class="readings"><thead><tr><th scope="col">${t('held.question')}</th>
      ${all.map((one, at) => html`<th key=${at} scope="col">${nameOf(one, at)}</th>`)}</tr></thead>
    <tbody>${differ.map(({ question, name, words }) => html`<tr key=${question}><th scope="row">${name}</th>
        ${words.map((word, at) => html`<td key=${at}>${word}</td>`)}</tr>`)}</tbody></table></div>
    <p class="hint">${t('held.differ', { count: differ.length, all: rows.length })}</p>`;
}

// Who entered a page, each by their newest entry.
function Entry({ entry }) {
  const newest = [...new Map(entry.readers.map((reader) => [reader.who, reader])).values()];
  return html`<div class="entry"><p><strong>${t('held.entry')}</strong></p>
    ${newest.map(({ who, at }) => html`<p key=${who}>${who} <span class="hint">${formatMoment(at)}</span></p>`)}</div>`;
}

// What is asked, sent and said when that one of a page is to count.
function choosing(one, at, { page, serial }) {
  return isEntry(one)
    ? { button: t('held.entry.choose'), title: t('held.entry.choose.title', { page }), reason: t('held.entry.choose.reason'), body: { entered: page }, done: t('held.entry.chosen', { serial, page }) }
    : { button: t('held.choose', { number: at + 1 }), title: t('held.choose.title', { number: at + 1, page }), reason: t('held.choose.reason'), body: { scan: one.id }, done: t('held.chosen', { serial, page, number: at + 1 }) };
}

function Choice({ one, at, all, detail, page, decide, ask }) {
  if (one.chosen) return html`<p class="counted">✓ ${t(isEntry(one) ? 'held.entry.counted' : 'held.counted')}</p>`;
  if (all.length < 2 || detail.status !== 'duplicate') return null;
  const { button, title, reason, body, done } = choosing(one, at, { page, serial: detail.printed });
  return html`<button type="button" class=${all.some((other) => other.chosen) ? 'secondary' : undefined} onClick=${() => ask({
    title, initial: reason, send: (why) => decide('choose', { ...body, reason: why }, done) })}>${button}</button>`;
}

function timesOf(all) {
  const scans = all.filter((one) => !isEntry(one)).length;
  if (!scans) return '';
  return scans < all.length ? ` · ${t('held.times.entered', { count: scans })}` : scans > 1 ? ` · ${t('held.times', { count: scans })}` : '';
}

function Pages({ detail, survey, decide, ask }) {
  return pagesOf(detail).map(([number, all]) => html`<section key=${number} class="scans">
    <h2>${t('held.page', { page: number })}${timesOf(all)}</h2>
    ${all.length > 1 && html`<${Readings} survey=${survey} form=${detail.form} all=${all} />`}
    <div class="scanpics">${all.map((one, at) => html`<div key=${one.id ?? 'entry'}>
      ${isEntry(one)
        ? html`<${Entry} entry=${one} />`
        : html`<${Sheet} id=${one.id} width=${700} label=${all.length > 1 ? `${nameOf(one, at)} · ${scanName(one)}` : scanName(one)} />`}
      <${Choice} one=${one} at=${at} all=${all} detail=${detail} page=${number} decide=${decide} ask=${ask} /></div>`)}</div>
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
    <p class="why">${ballot.status === 'unknown-serial' && ballot.station ? t('held.why.station', { station: ballot.station }) : t(`held.why.${ballot.status}`, { read: ballot.pages_read, expected: ballot.pages_expected })}</p>
    <${AskedFault} asked=${asked} />
    ${ballot.status === 'incomplete' && html`<p><a href=${`#enter/${encodeURIComponent(ballot.serial)}`}>${t('held.enter')}</a></p>`}
    ${detail && html`<${Nearest} list=${detail.nearest} />`}
    <div class="choices">${ballot.status === 'unknown-serial' && html`<${Assign} ballot=${ballot} decide=${decide} ask=${ask} />`}
      <button type="button" class="secondary" onClick=${reject}>${t('held.reject')}</button></div>
    ${detail ? html`<${Pages} detail=${detail} survey=${survey} decide=${decide} ask=${ask} />` : !asked.error && html`<p class="loading" aria-busy="true">${t('loading')}</p>`}
  </section>`;
}
