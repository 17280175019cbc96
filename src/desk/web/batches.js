// The batches against their covers: a list, and beside it the one the address names.
import { html, useMemo, useState } from './html.js';
import { Asked, useAsked } from './asked.js';
import { Batch, FAULTS, State, faultsOf, originOf } from './batch.js';
import { formatMoment, formatNumber, t } from './i18n.js';
import { CopyButton, FilterField, fits } from './tables.js';

const cellName = (batch) => (batch.group ? `${batch.agency_name} · ${batch.group}` : t('batches.nocover'));
const coverAt = (batch) => (batch.page ? t('batches.file', { file: batch.file, page: batch.page }) : '');

function Row({ batch, current }) {
  return html`<tr class=${current ? 'current' : undefined}>
    <th scope="row"><a href=${`#batches/${batch.id}`} aria-current=${current ? 'true' : undefined}>${cellName(batch)}</a>
      ${originOf(batch) && html`<span class="hint">${originOf(batch)}</span>`}<span class="hint">${coverAt(batch)}</span></th>
    <td class="number">${formatNumber(batch.found)}${batch.group && html` / ${formatNumber(batch.expected)}`}</td>
    <td><${State} batch=${batch} /></td></tr>`;
}

// Whole batches stand behind one line, until it is unfolded.
function List({ faulty, whole, open, onOpen, current }) {
  const row = (batch) => html`<${Row} key=${batch.id} batch=${batch} current=${String(batch.id) === current} />`;
  return html`<table class="batches"><thead><tr><th scope="col">${t('batches.batch')}</th><th scope="col" class="number">${t('batches.ballots')}</th><th scope="col">${t('batches.state')}</th></tr></thead>
    <tbody>${faulty.map(row)}
      ${whole.length > 0 && html`<tr key="fold"><th scope="row" colspan="3"><button type="button" class="unfold" aria-expanded=${open} onClick=${onOpen}>
        <span aria-hidden="true">${open ? '▾' : '▸'}</span> ✓ ${t('batches.good', { count: whole.length })}</button></th></tr>`}
      ${open && whole.map(row)}</tbody></table>`;
}

function copied(batches) {
  const pages = ['pages_read', 'pages_refused', 'pages_blank', 'pages_cover'];
  const head = ['quota.code', 'quota.agency', 'quota.group', 'quota.origin', 'batches.cover', 'batch.head.expected', 'batch.head.found', ...FAULTS.map((kind) => `batch.head.${kind}`), ...pages.map((kind) => `batch.head.${kind}`)];
  return [head.map((word) => t(word)), ...batches.map((batch) => [
    batch.agency, batch.agency_name, batch.group, batch.origin_name, coverAt(batch), batch.expected, batch.found,
    ...[...FAULTS, ...pages].map((kind) => batch[kind])])];
}

function Board({ asked, asking, current }) {
  const { data } = asked;
  const [text, setText] = useState('');
  const [only, setOnly] = useState(false);
  const [open, setOpen] = useState(false);
  const shown = useMemo(
    () => data.batches.filter((batch) => (batch.group || batch.pages_read || batch.pages_refused || batch.files_refused) &&
      fits(text, batch.agency, batch.agency_name, batch.group, batch.group_name, batch.origin_name, batch.file)),
    [data, text],
  );
  const faulty = shown.filter((batch) => !batch.group || faultsOf(batch).length);
  const whole = shown.filter((batch) => !faulty.includes(batch));
  // the one that is looked at is shown, whole or not
  const unfolded = open || whole.some((batch) => String(batch.id) === current);
  return html`
    <header class="tools"><h1>${t('batches.title')}</h1>
      <${FilterField} value=${text} onChange=${setText} />
      <label class="check"><input type="checkbox" checked=${only} onChange=${(event) => setOnly(event.target.checked)} /> ${t('batches.faulty')}</label>
      <${CopyButton} rows=${() => copied(only ? faulty : shown)} /></header>
    <p class="tools-more">${t('batches.summary', { count: shown.length, faulty: faulty.length })} <span class="hint">${t('asked.at', { at: formatMoment(data.at) })}</span></p>
    <div class="beside"><section>${!data.batches.some((batch) => batch.pages_read || batch.pages_cover || batch.pages_refused)
        ? html`<p class="nothing">${t('batches.none')}</p>`
        : !faulty.length && (only || !whole.length)
          ? html`<p class="nothing">${whole.length ? `✓ ${t('batches.allgood')}` : t('filter.none')}</p>`
          : html`<${List} faulty=${faulty} whole=${only ? [] : whole} open=${unfolded} onOpen=${() => setOpen(!open)} current=${current} />`}</section>
      <aside tabindex="0" aria-label=${t('batches.batch')}>${current ? html`<${Batch} key=${current} id=${current} asking=${asking} />` : html`<p class="hint choose">${t('batches.choose')}</p>`}</aside></div>`;
}

export function Batches({ frame, place, lapsed, onLapsed }) {
  const asking = { changes: frame.changes, lapsed, onLapsed };
  const asked = useAsked('/api/batches', asking);
  return html`<main class="board"><${Asked} asked=${asked} at=${asked.data?.at}>
    ${() => html`<${Board} asked=${asked} asking=${asking} current=${place[0]} />`}<//></main>`;
}
