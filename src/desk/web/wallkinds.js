// Which answers stand on the wall: by form, question, what is proposed and why it was asked, with how many there are.
import { html } from './html.js';
import { formatNumber, t } from './i18n.js';
import { questionName, questionOf, valueWords } from './values.js';

const NAMES = ['form', 'question', 'value', 'reason'];
// Reasons that have words.
const known = (id) => t(`reason.${id}`) !== `reason.${id}`;
const has = { reason: (heap, id) => heap.reasons.split('+').includes(id) };
const fitsOne = (heap, name, wanted) => wanted === undefined || (has[name] ? has[name](heap, wanted) : heap[name] === wanted);

export const fitsKind = (heap, kind) => NAMES.every((name) => fitsOne(heap, name, kind[name]));
export const countOf = (kinds, kind) => kinds.reduce((sum, heap) => sum + (fitsKind(heap, kind) ? heap.count : 0), 0);

// The choices of one name with their counts, the others of the kind being as they are; most first.
function choicesOf(kinds, kind, name) {
  const counts = new Map();
  for (const heap of kinds.filter((one) => fitsKind(one, { ...kind, [name]: undefined })))
    for (const id of name === 'reason' ? heap.reasons.split('+').filter(known) : [heap[name]]) counts.set(id, (counts.get(id) ?? 0) + heap.count);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// The kind one begins with: of the form and the proposal most wait for.
export function firstKind(kinds) {
  const form = choicesOf(kinds, {}, 'form')[0]?.[0];
  const value = choicesOf(kinds, { form }, 'value')[0]?.[0];
  return form === undefined ? {} : { form, value };
}

// What an option is called over the questions it stands for.
function labelOf(survey, kinds, kind, name, id) {
  if (name === 'form') return [id, survey.forms[id]?.subtitle].filter(Boolean).join(': ');
  if (name === 'reason') return t(`reason.${id}`);
  const heaps = kinds.filter((heap) => fitsKind(heap, { ...kind, [name]: id }));
  if (name === 'question') {
    const question = questionOf(survey, heaps[0]);
    return [questionName(question, heaps[0]), question.number && question.text].filter(Boolean).join('. ');
  }
  const words = [...new Set(heaps.map((heap) => valueWords(questionOf(survey, heap), id)))];
  return words.length > 3 ? `${words.slice(0, 3).join(' / ')} / …` : words.join(' / ');
}

export function Filters({ survey, kinds, kind, onKind }) {
  const choose = (name, text) => {
    const next = { ...kind, [name]: text === '*' ? undefined : text.slice(1) };
    if (name === 'form') next.question = undefined;
    onKind(countOf(kinds, next) ? next : { ...next, value: undefined, reason: undefined });
  };
  return html`<div class="filters">${NAMES.map((name) => html`<label key=${name}>${t(`wall.by.${name}`)}
    <select value=${kind[name] === undefined ? '*' : `=${kind[name]}`} onChange=${(event) => { choose(name, event.target.value); event.target.blur(); }}>
      <option value="*">${t('wall.any', { count: countOf(kinds, { ...kind, [name]: undefined }) })}</option>
      ${choicesOf(kinds, kind, name).map(([id, count]) => html`<option key=${id} value=${`=${id}`}>${labelOf(survey, kinds, kind, name, id)} (${formatNumber(count)})</option>`)}
    </select></label>`)}</div>`;
}
