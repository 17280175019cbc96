// The list to chase: a sheet for every unit that owes ballots, as it will be printed.
import { html, useLayoutEffect, useRef, useState } from './html.js';
import { Asked, useAsked } from './asked.js';
import { formatMoment, formatNumber, t } from './i18n.js';
import { FilterField, fits } from './tables.js';

function Numbers({ ranges }) {
  if (!ranges.length) return html`<span class="hint">${t('chase.nothingout')}</span>`;
  return ranges.map(({ first, last, count }, at) => html`<span key=${first} class="numbers">${count === 1 ? first : t('chase.range', { first, last })}${
    count > 2 && html` <span class="hint">(${t('chase.count', { count })})</span>`}${at < ranges.length - 1 && '; '}</span>`);
}

// Debts of one group stand together: that is how they come.
function Debt({ debt, first }) {
  return html`${first && html`<tr class="groupline"><th scope="rowgroup" colspan="4">${debt.group} · ${debt.group_name}</th></tr>`}
    <tr><td>${debt.agency_name}</td><td class="number"><strong>${formatNumber(debt.missing)}</strong> / ${formatNumber(debt.planned)}</td>
      <td><${Numbers} ranges=${debt.ranges} /></td><td class="number">${debt.unissued ? formatNumber(debt.unissued) : '–'}</td></tr>`;
}

function Debts({ unit }) {
  return html`<table><thead><tr><th scope="col">${t('chase.agency')}</th><th scope="col" class="number">${t('chase.missing')}</th>
      <th scope="col">${t('chase.numbers')}</th><th scope="col" class="number">${t('chase.unissued')}</th></tr></thead>
    <tbody>${unit.debts.map((debt, at) => html`<${Debt} key=${`${debt.group} ${debt.agency}`} debt=${debt} first=${debt.group !== unit.debts[at - 1]?.group} />`)}
    <tr class="sum"><th scope="row">${t('chase.total')}</th><td class="number"><strong>${formatNumber(unit.missing)}</strong></td>
      <td>${t('chase.count', { count: unit.out })}</td><td class="number">${unit.unissued ? formatNumber(unit.unissued) : '–'}</td></tr></tbody></table>`;
}

function Signature({ who, date }) {
  return html`<div>${date && html`<p class="date">${date}</p>`}<p><strong>${who}</strong></p><p class="hint">${t('chase.sign')}</p></div>`;
}

// A unit's sheet is one page whatever the machine's letters are: those of a long one are set smaller.
const POINTS = [11, 10.5, 10, 9.5, 9, 8.5, 8];
const PX_PER_MM = 96 / 25.4;

function useOnePage(unit) {
  const sheet = useRef(null);
  useLayoutEffect(() => {
    for (const points of POINTS) {
      sheet.current.style.fontSize = `${points}pt`;
      if (sheet.current.offsetHeight <= 297 * PX_PER_MM + 1) return;
    }
  }, [unit]);
  return sheet;
}

function Sheet({ unit, survey, data }) {
  const sheet = useOnePage(unit);
  return html`<article class="sheet" ref=${sheet}>
    <p class="of">${survey.name}</p>
    ${survey.illustrative && html`<p class="of"><em>${t('app.illustrative')}</em></p>`}
    <h2>${t('chase.title')}</h2>
    <p>${t('chase.unit', unit)}</p>
    <p>${t('chase.sum', { missing: unit.missing, at: formatMoment(data.at) })}</p>
    <${Debts} unit=${unit} />
    <p>${t('chase.request')}</p>
    <div class="signatures"><${Signature} who=${t('chase.maker')} date=${`${data.place}, ${t('chase.date')}`} />
      <${Signature} who=${t('chase.receiver')} date=${`………, ${t('chase.date')}`} /></div></article>`;
}

function Sheets({ survey, data }) {
  const [text, setText] = useState('');
  const units = data.units.filter((unit) => fits(text, unit.code, unit.name, ...unit.debts.map((debt) => `${debt.agency} ${debt.agency_name}`)));
  const missing = units.reduce((sum, unit) => sum + unit.missing, 0);
  return html`
    <header class="tools"><a class="goto" href="#quota">← ${t('chase.back')}</a><h1>${t('quota.chase')}</h1>
      <${FilterField} value=${text} onChange=${setText} />
      <button type="button" disabled=${!units.length} onClick=${() => window.print()}>${units.length ? t('chase.print', { count: units.length }) : t('chase.print.none')}</button></header>
    <p class="tools-more">${!data.units.length ? `✓ ${t('quota.complete')}` : !units.length ? t('filter.none') : t('chase.summary', { units: units.length, missing })}</p>
    ${data.pages_refused > 0 && html`<p class="warned">⚠ ${t('chase.refused', { count: data.pages_refused })}</p>`}
    <div class="sheets">${units.map((unit) => html`<${Sheet} key=${unit.code} unit=${unit} survey=${survey} data=${data} />`)}</div>`;
}

export function Chase({ survey, asking }) {
  const asked = useAsked('/api/quota/chase', asking);
  return html`<${Asked} asked=${asked} at=${asked.data?.at}>${() => html`<${Sheets} survey=${survey} data=${asked.data} />`}<//>`;
}
