// How far people agree who read the same answers without knowing of each other.
import { html, useState } from './html.js';
import { Asked, useAsked } from './asked.js';
import { formatNumber, t } from './i18n.js';
import { CopyButton, FilterField, fits } from './tables.js';

const shareOf = (row) => (row.read ? (100 * row.equal) / row.read : null);
const percent = (value) => (value === null ? '–' : `${formatNumber(value, 1)} %`);
const kappa = (value) => (value === null ? '–' : formatNumber(value, 2));

function copied(rows) {
  const head = ['one', 'other', 'read', 'equal', 'share', 'kappa'].map((name) => t(`agreement.${name}`));
  return [head, ...rows.map((row) => [row.one, row.other, row.read, row.equal, percent(shareOf(row)), kappa(row.kappa)])];
}

function Row({ row }) {
  return html`<tr><th scope="row">${row.one}</th><td>${row.other}</td><td class="number">${formatNumber(row.read)}</td>
    <td class="number">${formatNumber(row.equal)}</td><td class="number">${percent(shareOf(row))}</td><td class="number">${kappa(row.kappa)}</td></tr>`;
}

function Board({ data }) {
  const [text, setText] = useState('');
  const { all, draws, waiting } = data;
  const pairs = data.pairs.filter((row) => fits(text, row.one, row.other));
  return html`<header class="tools"><h1>${t('agreement.title')}</h1>
      ${data.pairs.length > 0 && html`<${FilterField} value=${text} onChange=${setText} /><${CopyButton} rows=${() => copied(pairs)} />`}</header>
    <p class="tools-more">${t('agreement.what')}</p>
    <p class="tools-more">${all.read
        ? t('agreement.all', { read: all.read, equal: all.equal, share: percent(shareOf(all)), kappa: kappa(all.kappa) })
        : t('agreement.none')}
      ${waiting.second > 0 && html` <span class="waits">${t('agreement.second', { count: waiting.second })}</span>`}
      ${waiting.third > 0 && html` <span class="waits">${t('agreement.third', { count: waiting.third })}</span>`}</p>
    <p class="tools-more">${draws.drawn
        ? t('agreement.draws', { drawn: draws.drawn, seen: draws.seen, otherwise: draws.otherwise, bound: `${formatNumber(100 * draws.bound, 2)} %` })
        : t('agreement.nodraws')}</p>
    ${data.pairs.length > 0 && html`<table class="agreement"><thead><tr><th scope="col">${t('agreement.one')}</th><th scope="col">${t('agreement.other')}</th>
      ${['read', 'equal', 'share', 'kappa'].map((name) => html`<th scope="col" class="number" key=${name}>${t(`agreement.${name}`)}</th>`)}</tr></thead>
      <tbody>${pairs.map((row) => html`<${Row} key=${`${row.one} ${row.other}`} row=${row} />`)}</tbody></table>`}`;
}

export function Agreement({ frame, lapsed, onLapsed }) {
  const asked = useAsked('/api/agreement', { changes: frame.changes, lapsed, onLapsed });
  return html`<main class="board"><${Asked} asked=${asked}>${() => html`<${Board} data=${asked.data} />`}<//></main>`;
}
