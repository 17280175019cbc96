// Ballots that were returned and do not count yet: which, why, and what a person decides.
import { html, useRef, useState } from './html.js';
import { AskedFault, useAsked } from './asked.js';
import { Decided, useDecisions } from './decided.js';
import { ReasonDialog } from './dialogs.js';
import { Ballot } from './heldballot.js';
import { t } from './i18n.js';
import { FilterField, fits } from './tables.js';

const ORDER = ['duplicate', 'unknown-serial', 'void-serial', 'incomplete'];

function Kinds({ ballots, kind, onChoose }) {
  return html`<div class="kinds" role="toolbar" aria-label=${t('held.kinds')}>${ORDER.map((one) => {
    const count = ballots.filter((ballot) => ballot.status === one).length;
    return count > 0 && html`<button key=${one} type="button" class="secondary" aria-pressed=${kind === one} onClick=${() => onChoose(kind === one ? '' : one)}>
      ${t(`held.is.${one}`)}: ${count}</button>`;
  })}</div>`;
}

function List({ ballots, current, onChoose }) {
  return html`<ul class="picklist">${ballots.map((ballot) => html`<li key=${ballot.serial}>
    <button type="button" aria-current=${ballot.serial === current?.serial ? 'true' : undefined} onClick=${() => onChoose(ballot.serial)}>
      <span class="name">${ballot.printed}</span>
      <span class="hint">${t(`held.is.${ballot.status}`)}${ballot.agency && ` · ${ballot.group} · ${ballot.agency}`}</span></button></li>`)}</ul>`;
}

export function Held({ survey, frame, lapsed, onLapsed }) {
  const asking = { changes: frame.changes, lapsed, onLapsed };
  const asked = useAsked('/api/ballots', asking);
  const decisions = useDecisions({ onLapsed, again: asked.again });
  const [filter, setFilter] = useState('');
  const [kind, setKind] = useState('');
  const [chosen, setChosen] = useState(null);
  const [question, setQuestion] = useState(null); // what is asked before a decision is sent
  const at = useRef(0);
  if (!asked.data) return asked.error ? html`<main class="pick"><${AskedFault} asked=${asked} /></main>` : html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  const { ballots } = asked.data;
  const known = ballots.some((ballot) => ballot.status === kind) ? kind : '';
  const shown = ballots
    .filter((ballot) => (!known || ballot.status === known) && fits(filter, ballot.printed, ballot.serial, ballot.group, ballot.agency, ballot.origin))
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const found = shown.findIndex((ballot) => ballot.serial === chosen);
  if (found >= 0) at.current = found;
  const current = shown[found >= 0 ? found : Math.min(at.current, shown.length - 1)];
  const decide = (action, body, words) => decisions.decide(`/api/ballots/${encodeURIComponent(current.serial)}/${action}`, body, words);
  if (!ballots.length) return html`<main class="empty"><h1>✓ ${t('held.empty')}</h1><p>${t('held.empty.more')}</p><${Decided} decisions=${decisions} /></main>`;
  return html`<main class="pick">
    <section class="picks"><header><strong>${t('held.count', { count: ballots.length })}</strong><${FilterField} value=${filter} onChange=${setFilter} /></header>
      <${Kinds} ballots=${ballots} kind=${known} onChoose=${setKind} />
      <${AskedFault} asked=${asked} /><${Decided} decisions=${decisions} />
      ${shown.length ? html`<${List} ballots=${shown} current=${current} onChoose=${setChosen} />` : html`<p class="hint">${t('filter.none')}</p>`}</section>
    ${current && html`<${Ballot} key=${current.serial} ballot=${current} survey=${survey} asking=${asking} decide=${decide} ask=${setQuestion} />`}
    ${question && html`<${ReasonDialog} title=${question.title} initial=${question.initial} onCancel=${() => setQuestion(null)} onSend=${(reason) => {
      setQuestion(null);
      question.send(reason);
    }}>${question.more}<//>`}
  </main>`;
}
