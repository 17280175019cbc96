// How many ballots came back, agencies down and groups across; and, under #quota/chase, the list to chase.
import { html, useMemo, useRef, useState } from './html.js';
import { Asked, useAsked } from './asked.js';
import { Chase } from './chase.js';
import { cellRows, makeBoard, sumOf } from './counts.js';
import { formatMoment, formatNumber, t } from './i18n.js';
import { CopyButton, FilterField, fits } from './tables.js';

const PARTS = ['good', 'pending', 'out', 'unissued'];
const SHOWN = ['planned', 'issued', 'returned', 'good', 'missing'];

function Bar({ sum }) {
  const whole = PARTS.reduce((all, part) => all + sum[part], 0) || 1;
  return html`<span class="bar" aria-hidden="true">${PARTS.map((part) => sum[part] > 0 && html`
    <span key=${part} class=${`part ${part}`} style=${{ width: `${(100 * sum[part]) / whole}%` }}></span>`)}</span>`;
}

// A number of a cell, with its name for those who hear the page.
function Figure({ kind, sum }) {
  const full = kind === 'missing' && !sum.missing;
  const look = full ? undefined : kind === 'missing' ? 'short' : sum[kind] ? undefined : 'zero';
  return html`<span class=${look}><span class="spoken">${t(`quota.${kind}`)} </span>${full ? `✓ ${t('quota.enough')}` : formatNumber(sum[kind])}</span>`;
}

function Cell({ cells }) {
  const sum = sumOf(cells);
  if (!sum.cells) return html`<td class="none"><span class="spoken">—</span></td>`;
  return html`<td class="cell" title=${t('quota.detail', sum)}><${Bar} sum=${sum} />
    <span class="figures">${SHOWN.map((kind) => html`<${Figure} key=${kind} kind=${kind} sum=${sum} />`)}</span></td>`;
}

// The cells of a row: one a group, and their sum.
function Cells({ groups, cells }) {
  return html`${groups.map((group) => html`<${Cell} key=${group.code} cells=${cells.filter((cell) => cell.group === group.code)} />`)}
    <${Cell} cells=${cells} />`;
}

function Agency({ agency, groups, open, onToggle }) {
  return html`
    <tr><th scope="row"><button type="button" class="unfold" aria-expanded=${open} title=${t('quota.unfold', { name: agency.name })} onClick=${onToggle}>
        <span aria-hidden="true">${open ? '▾' : '▸'}</span> ${agency.name}</button></th>
      <${Cells} groups=${groups} cells=${agency.cells} /></tr>
    ${open && agency.shown.map((unit) => html`<tr key=${unit.code} class="unit"><th scope="row">${unit.name}</th>
      <${Cells} groups=${groups} cells=${unit.cells} /></tr>`)}`;
}

function Head({ groups }) {
  const kinds = html`<span class="figures">${SHOWN.map((kind) => html`<span key=${kind}>${t(`quota.head.${kind}`)}</span>`)}</span>`;
  return html`<thead><tr><th scope="col">${t('quota.agency')}</th>
    ${groups.map((group) => html`<th key=${group.code} scope="col"><span class="group">${group.code} · ${group.name}</span>${kinds}</th>`)}
    <th scope="col"><span class="group">${t('quota.total')}</span>${kinds}</th></tr></thead>`;
}

function Block({ block, shown, unfolded, onToggle }) {
  const { groups } = block;
  const part = shown.length < block.agencies.length && shown.flatMap((agency) => agency.cells);
  if (!shown.length) return null;
  return html`<section class="block"><h2>${block.name}</h2>
    <div class="across"><table class="quota" style=${{ minWidth: `${14 + 13 * (groups.length + 1)}rem` }}>
      <colgroup><col class="named" />${groups.map((group) => html`<col key=${group.code} />`)}<col /></colgroup>
      <${Head} groups=${groups} />
      <tbody>${shown.map((agency) => html`<${Agency} key=${agency.code} agency=${agency} groups=${groups}
        open=${unfolded.has(agency.code) || agency.byUnit} onToggle=${() => onToggle(agency.code)} />`)}</tbody>
      <tfoot>${part && html`<tr><th scope="row">${t('quota.shown', { count: shown.length })}</th><${Cells} groups=${groups} cells=${part} /></tr>`}
        <tr><th scope="row">${t('quota.blocktotal')}</th><${Cells} groups=${groups} cells=${block.agencies.flatMap((agency) => agency.cells)} /></tr></tfoot>
    </table></div></section>`;
}

function Legend() {
  return html`<p class="legend">${PARTS.map((part) => html`<span key=${part}><span class=${`part ${part}`} aria-hidden="true"></span> ${t(`quota.legend.${part}`)}</span>`)}</p>`;
}

// What the filters leave of an agency; null: nothing. `byUnit`: it was found by the name of a unit alone. `kept` has
// what was shown since the filters were set: it does not go while somebody looks at it because it became complete.
function filtered(agency, { text, short }, kept) {
  const byName = fits(text, agency.code, agency.name);
  const wanted = (one) => {
    const key = `${agency.code} ${one.code}`;
    if (!short || one.cells.some((cell) => cell.missing)) kept.add(key);
    return kept.has(key);
  };
  const shown = agency.units.filter((unit) => (byName || fits(text, unit.code, unit.name)) && wanted(unit));
  if (!shown.length) return null;
  return { ...agency, shown, byUnit: !byName, cells: byName ? agency.cells : shown.flatMap((unit) => unit.cells) };
}

function Board({ asked, filters, onFilters, unfolded, onToggle }) {
  const { data } = asked;
  const { blocks, cells } = useMemo(() => makeBoard(data), [data]);
  const kept = useRef({ filters: null, keys: null });
  if (kept.current.filters !== filters) kept.current = { filters, keys: new Set() };
  const shown = blocks.map((block) => block.agencies.map((agency) => filtered(agency, filters, kept.current.keys)).filter(Boolean));
  const agencies = shown.flat();
  const rows = () => cellRows(data, agencies.flatMap((agency) => agency.shown.flatMap((unit) => unit.cells)));
  const sum = sumOf(cells);
  return html`
    <header class="tools"><h1>${t('quota.title')}</h1>
      <${FilterField} value=${filters.text} onChange=${(text) => onFilters({ ...filters, text })} />
      <label class="check"><input type="checkbox" checked=${filters.short} onChange=${(event) => onFilters({ ...filters, short: event.target.checked })} /> ${t('quota.short')}</label>
      <${CopyButton} rows=${rows} />
      <a class="goto" href="#quota/chase">${t('quota.chase')} →</a></header>
    <div class="whole-survey"><strong>${t('quota.all')}</strong><${Bar} sum=${sum} />
      ${SHOWN.map((kind) => html`<span key=${kind}>${t(`quota.${kind}`)} <strong>${kind === 'missing' && !sum.missing ? '✓ 0' : formatNumber(sum[kind])}</strong></span>`)}
      <span class="hint">${t('asked.at', { at: formatMoment(data.at) })}</span></div>
    <${Legend} />
    ${!agencies.length && html`<p class="nothing">${filters.short && !filters.text && !sum.missing ? `✓ ${t('quota.complete')}` : t('filter.none')}
      <button type="button" class="secondary" onClick=${() => onFilters({ text: '', short: false })}>${t('filter.clear')}</button></p>`}
    ${blocks.map((block, at) => html`<${Block} key=${block.code} block=${block} shown=${shown[at]} unfolded=${unfolded} onToggle=${onToggle} />`)}`;
}

export function Quota({ survey, frame, place, lapsed, onLapsed }) {
  const chasing = place[0] === 'chase';
  const [filters, setFilters] = useState({ text: '', short: false });
  const [unfolded, setUnfolded] = useState(new Set());
  const toggle = (code) => {
    const next = new Set(unfolded);
    if (!next.delete(code)) next.add(code);
    setUnfolded(next);
  };
  const asking = { changes: frame.changes, lapsed, onLapsed };
  return html`<main class="board">${chasing
    ? html`<${Chase} key="chase" survey=${survey} asking=${asking} />`
    : html`<${AskedBoard} key="board" asking=${asking} filters=${filters} onFilters=${setFilters} unfolded=${unfolded} onToggle=${toggle} />`}</main>`;
}

function AskedBoard({ asking, ...rest }) {
  const asked = useAsked('/api/quota', asking);
  return html`<${Asked} asked=${asked} at=${asked.data?.at}>${() => html`<${Board} asked=${asked} ...${rest} />`}<//>`;
}
