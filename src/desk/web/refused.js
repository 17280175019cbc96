// Pages and files that could not be read: picture, reason, and what a person did about it.
import { html, useEffect, useRef, useState } from './html.js';
import { AskedFault, useAsked } from './asked.js';
import { Decided, useDecisions } from './decided.js';
import { ReasonDialog } from './dialogs.js';
import { t } from './i18n.js';
import { Corners, IdentifyForm, useIdentify } from './identify.js';
import { Sheet } from './sheet.js';
import { FilterField, fits } from './tables.js';

// Pages that are of another workspace, or of a form there is none of here: scanned again, they are refused again.
const ELSEWHERE = ['other-survey', 'other-station', 'no-station', 'unknown-layout'];
const adviceOf = (page) => (!page.page ? 'refused.advice.file' : ELSEWHERE.includes(page.reason) ? 'refused.advice.elsewhere' : 'refused.advice');

const nameOf = (page) => (page.page ? t('refused.page', { file: page.file, page: page.page }) : page.file);

function List({ pages, current, onChoose }) {
  const list = useRef(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current?.id]);
  return html`<ul class="picklist" ref=${list}>${pages.map((page) => html`<li key=${page.id}>
    <button type="button" aria-current=${page.id === current?.id ? 'true' : undefined} onClick=${() => onChoose(page.id)}>
      <span class="name">${nameOf(page)}</span><span class="hint">${page.words}</span></button></li>`)}</ul>`;
}

function Page({ page, decide }) {
  const [asks, setAsks] = useState(false);
  const [turn, setTurn] = useState(0);
  const identify = useIdentify();
  const read = async () => {
    const { serial, page: number } = identify.state;
    if (await decide(`/api/pages/${page.id}/read`, identify.body(turn), t('identify.done', { what: nameOf(page), serial, page: number }))) identify.end();
  };
  const settle = (reason) => decide(`/api/pages/${page.id}/settle`, { reason }, t('refused.done', { what: nameOf(page), reason }));
  return html`<section class="picked" aria-label=${nameOf(page)}>
    <h1>${nameOf(page)}</h1>
    <p class="why">✕ ${page.words}</p>
    <p class="hint">${t(adviceOf(page))}</p>
    ${identify.state && html`<${IdentifyForm} identify=${identify} onSend=${read} />`}
    ${!identify.state && html`<div class="choices">
      <button type="button" class="secondary" onClick=${() => settle(t('refused.reason.again'))}>${t('refused.again')}</button>
      <button type="button" class="secondary" onClick=${() => settle(t('refused.reason.none'))}>${t('refused.none')}</button>
      ${page.page > 0 && html`<button type="button" class="secondary" onClick=${identify.begin}>${t('identify.begin')}</button>`}
      <button type="button" class="secondary" onClick=${() => setAsks(true)}>${t('refused.other')}</button></div>`}
    ${page.kept && html`<p><a href=${`/api/pages/${page.id}/file`} download>${t('refused.file')}</a> <span class="hint">${t('refused.file.more')}</span></p>`}
    ${page.page > 0 && html`<${Sheet} id=${page.id} label=${nameOf(page)} onTurn=${setTurn}
      over=${identify.state?.corners && html`<${Corners} corners=${identify.state.corners} onChange=${(corners) => identify.set({ corners })} />`} />`}
    ${!page.page && page.kept && html`<${Sheet} id=${page.id} still label=${t('refused.first', { file: page.file })} />`}
    ${asks && html`<${ReasonDialog} title=${t('refused.why')} onCancel=${() => setAsks(false)} onSend=${(reason) => {
      setAsks(false);
      settle(reason);
    }} />`}
  </section>`;
}

export function Refused({ frame, lapsed, onLapsed }) {
  const asked = useAsked('/api/pages', { changes: frame.changes, lapsed, onLapsed });
  const decisions = useDecisions({ onLapsed, again: asked.again });
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState(null);
  const at = useRef(0); // where the chosen one stood, for the next when it goes
  if (!asked.data) return asked.error ? html`<main class="pick"><${AskedFault} asked=${asked} /></main>` : html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  const { pages } = asked.data;
  const shown = pages.filter((page) => fits(filter, page.file, page.words));
  const found = shown.findIndex((page) => page.id === chosen);
  if (found >= 0) at.current = found;
  const current = shown[found >= 0 ? found : Math.min(at.current, shown.length - 1)];
  if (!pages.length) return html`<main class="empty"><h1>✓ ${t('refused.empty')}</h1><p>${t('refused.empty.more')}</p><${Decided} decisions=${decisions} /></main>`;
  return html`<main class="pick">
    <section class="picks"><header><strong>${t('refused.count', { count: pages.length })}</strong><${FilterField} value=${filter} onChange=${setFilter} /></header>
      <${AskedFault} asked=${asked} /><${Decided} decisions=${decisions} />
      ${shown.length ? html`<${List} pages=${shown} current=${current} onChoose=${setChosen} />` : html`<p class="hint">${t('filter.none')}</p>`}</section>
    ${current && html`<${Page} key=${current.id} page=${current} decide=${decisions.decide} />`}
  </main>`;
}
