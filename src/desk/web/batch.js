// One batch: its pages accounted for, its ballots against the cover's number, and each that is not as it should be.
import { html } from './html.js';
import { Asked, useAsked } from './asked.js';
import { t } from './i18n.js';

// What is wrong with a batch, worst first; none: it is whole.
export const FAULTS = ['missing', 'surplus', 'incomplete', 'twice', 'unknown', 'refused'];
export const faultsOf = (batch) => FAULTS.filter((kind) => batch[kind] > 0).map((kind) => t(`batches.${kind}`, { count: batch[kind] }));
// Said only where it is not the agency itself.
export const originOf = (batch) => (batch.origin && batch.origin !== batch.agency ? batch.origin_name : '');

export function State({ batch }) {
  const faults = faultsOf(batch);
  if (faults.length) return html`<span class="state faulty">⚠ ${faults.join(' · ')}</span>`;
  return batch.group ? html`<span class="state">✓ ${t('batches.full')}</span>` : html`<span class="state">○ ${t('batches.nocover')}</span>`;
}

// Lists of ballots in the order of what to do about them.
const LISTS = ['absent', 'incomplete', 'twice', 'unknown', 'foreign', 'uncovered', 'elsewhere'];

// What is said beside a number: the cell where it is another's, the pages where one is missing.
function beside(kind, ballot) {
  if (kind === 'incomplete') return t('batch.someof', { read: ballot.pages_read, expected: ballot.pages_expected });
  return ['foreign', 'uncovered'].includes(kind) ? `${ballot.agency} · ${ballot.group}` : '';
}

function Ballots({ kind, batch }) {
  const list = batch.lists[kind];
  if (!list.length) return null;
  const more = kind === 'absent' ? batch.absent_count - list.length : 0;
  return html`<section class="faults"><h3>${t(`batch.${kind}`)} (${kind === 'absent' ? batch.absent_count : list.length})</h3>
    <ul class="serials">${list.map((ballot) => html`<li key=${ballot.serial}>${ballot.serial}${beside(kind, ballot) && html` <span class="hint">${beside(kind, ballot)}</span>`}</li>`)}
      ${more > 0 && html`<li class="hint">${t('batch.absent.more', { count: more })}</li>`}</ul></section>`;
}

function Refused({ batch }) {
  const list = batch.refused_pages;
  if (!list.length) return null;
  return html`<section class="faults"><h3>${t('batch.refused')} (${list.length})</h3>
    <ul>${list.map((page) => html`<li key=${page.id}>${page.page
      ? t('batch.refusedat', { ...page, id: String(page.id) })
      : t('batch.refusedfile', { ...page, id: String(-page.id) })}<span class="hint">${page.words}</span></li>`)}</ul></section>`;
}

function Covers({ batch }) {
  if (!batch.group) return html`<p class="hint">${t('batches.nocover.more')}</p>`;
  return html`<p>${t('batch.covers', batch)}</p>
    <ul class="hint covers">${batch.covers.map((cover) => html`<li key=${cover.id}>${t('batch.coverat', cover)}</li>`)}</ul>
    ${batch.joined && html`<p class="hint">${t(`batch.joined.${batch.joined}`)}</p>`}`;
}

function Account({ batch }) {
  const pages = { read: batch.pages_read, refused: batch.pages_refused, blank: batch.pages_blank, cover: batch.pages_cover };
  const total = pages.read + pages.refused + pages.blank + pages.cover;
  return html`<p class="account">${t('batch.pages', { ...pages, total })}${batch.files_refused > 0 && html` · ${t('batch.files', { count: batch.files_refused })}`}</p>
    <p class="account">${t(batch.group ? 'batch.counts' : 'batch.counts.nocover', batch)}</p>`;
}

function Whole({ batch }) {
  return html`<article class="batch"><header><h2>${batch.group ? batch.agency_name : t('batches.nocover')}</h2><${State} batch=${batch} /></header>
    ${batch.group && html`<p>${batch.group} · ${batch.group_name}${originOf(batch) && ` · ${originOf(batch)}`}</p>`}
    <${Covers} batch=${batch} /><${Account} batch=${batch} />
    ${LISTS.map((kind) => html`<${Ballots} key=${kind} kind=${kind} batch=${batch} />`)}<${Refused} batch=${batch} />
    ${!faultsOf(batch).length && !LISTS.some((kind) => batch.lists[kind].length) && html`<p>✓ ${t('batch.clean')}</p>`}</article>`;
}

export function Batch({ id, asking }) {
  const asked = useAsked(`/api/batches/${encodeURIComponent(id)}`, asking);
  if (asked.error?.status === 404) return html`<p class="hint choose">${t('batches.gone')}</p>`;
  return html`<${Asked} asked=${asked} at=${asked.data?.at}>${() => html`<${Whole} batch=${asked.data} />`}<//>`;
}
