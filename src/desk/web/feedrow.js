// One file in the list: its state in words and a shape, how far it is, its sums, what may be done with it.
import { html, useEffect, useState } from './html.js';
import { call } from './api.js';
import { errorText, formatNumber, formatSize, formatMoment, t } from './i18n.js';
import { uploads } from './uploads.js';

const SHAPES = { waiting: '○', hashing: '○', sending: '↑', sent: '↑', offline: '⚠', failed: '⚠', known: '=', stopped: '‖',
  queued: '○', blocked: '⚠', running: '▶', paused: '‖', done: '✓', partly: '⚠', attention: '⚠', refused: '✕' };

// Whom the server names for what lay in the watched folder.
const WATCH = 'watched folder';

// The state of a file of the server's list.
function fileState(file) {
  if (file.pages < 0) return 'refused';
  if (file.read + file.refused + file.blank + file.cover < file.pages) return 'partly';
  return file.refused ? 'attention' : 'done';
}

// { state, part: 0–1 or undefined, words: more than the state says }
function describe(kind, row) {
  switch (kind) {
    case 'local':
      return { state: row.state, part: ['hashing', 'sending', 'offline'].includes(row.state) ? row.part : undefined,
        words: row.state === 'known' ? knownWords(row.error.data) : row.error && errorText(row.error) };
    case 'upload':
      return { state: 'stopped', part: row.received / row.size, words: t('feed.stopped.more') };
    case 'job':
      return { state: row.state, part: row.pages ? row.pages_done / row.pages : 0,
        words: row.state === 'blocked' ? t('feed.blocked.more', { who: row.words }) : row.words };
    default: {
      const state = fileState(row);
      return { state, words: state === 'refused' ? row.detail : state === 'partly' ? t('feed.partly.more') : '' };
    }
  }
}

function knownWords(file) {
  return file.pages < 0 ? t('feed.known.refused', { name: file.name, reason: file.detail }) : t('feed.known.pages', { name: file.name, pages: file.pages });
}

function Progress({ part, label }) {
  if (part === undefined) return null;
  const percent = Math.floor(100 * part);
  return html`<span class="progress"><progress value=${percent} max="100" aria-label=${label}></progress>
    <span class="percent">${formatNumber(percent)} %</span></span>`;
}

// Why pages of the file were refused; asked for when somebody wants to know.
function Refusals({ id, count }) {
  const [open, setOpen] = useState(false);
  const [refusals, setRefusals] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    if (open) call('GET', `/api/files/${id}/refusals`).then((data) => setRefusals(data.refusals), setError);
  }, [open, count]);
  return html`<button type="button" class="quiet" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t(open ? 'feed.hide' : 'feed.why')}</button>
    ${open && error && html`<p class="more">⚠ ${errorText(error)}</p>`}
    ${open && refusals && html`<ul class="refusals">${refusals.map((one) => html`<li key=${one.page}>${t('feed.page', { page: one.page })}: ${one.words}</li>`)}</ul>`}`;
}

// [word, what is done]
function actionsOf(kind, row, state, act) {
  const job = (verb) => () => act('POST', `/api/jobs/${row.sha256}/${verb}`);
  const begun = row.pages_done > 0;
  switch (kind) {
    case 'local':
      if (state === 'failed') return [['retry', () => uploads.again(row)], ['drop', () => uploads.remove(row)]];
      if (state === 'known') return [['understood', () => uploads.remove(row)]];
      return state === 'sent' ? [] : [['stopsending', () => uploads.remove(row)]];
    case 'upload':
      return [['drop', () => act('DELETE', `/api/uploads/${row.sha256}`)]];
    case 'job': {
      const list = { paused: [['resume', job('resume')]], failed: [['retry', job('resume')]] }[state] ?? [['pause', job('pause')]];
      return begun || state === 'running' ? list : [...list, ['drop', job('stop')]];
    }
    default:
      return [];
  }
}

export function FeedRow({ kind, row, columns, act }) {
  const { state, part, words } = describe(kind, row);
  const counts = kind === 'file' && row.pages >= 0 ? row : kind === 'job' && row.pages ? { pages: row.pages } : {};
  const label = t(`feed.is.${state}`, { count: row.refused ?? 0 });
  const from = kind === 'file' && !row.who ? t('feed.bycommand') : row.who === WATCH ? t('feed.bywatch') : row.who;
  return html`<tr class=${`is-${state}`}>
    <th scope="row"><span class="name" title=${row.name}>${row.name}</span>
      <span class="hint">${[row.size && formatSize(row.size), from, row.at && formatMoment(row.at)].filter(Boolean).join(' · ')}</span></th>
    <td><span class="state"><span class="shape" aria-hidden="true">${SHAPES[state]}</span> ${label}</span>
      <${Progress} part=${part} label=${`${row.name}: ${label}`} />
      ${words && html`<p class="more">${words}</p>`}
      ${state === 'attention' && html`<${Refusals} id=${row.id} count=${row.refused} />`}</td>
    ${columns.map((name) => html`<td key=${name} class="number">${name in counts ? formatNumber(counts[name]) : ''}</td>`)}
    <td class="doing">${actionsOf(kind, row, state, act).map(([word, run]) => html`<button key=${word} type="button" class="secondary" onClick=${run}
      aria-label=${`${t(`feed.do.${word}`)}: ${row.name}`}>${t(`feed.do.${word}`)}</button>`)}</td>
  </tr>`;
}
