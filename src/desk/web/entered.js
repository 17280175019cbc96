// An answer that has no scan to be read on: what two people entered by hand, beside one another, for a third to decide.
import { html } from './html.js';
import { formatMoment, t } from './i18n.js';
import { Sheet } from './sheet.js';
import { valueWords } from './values.js';

// Who, when and what; `onTake(value)` decides as one of them did.
export function Entries({ item, question, onTake }) {
  return html`<div class="entries">${item.entered.map((one, at) => html`<section key=${at} class="entry" aria-label=${t('entered.by', { who: one.who })}>
    <p class="by"><strong>${one.who}</strong> <span class="hint">${one.at && formatMoment(one.at)}</span></p>
    <p class="said">${valueWords(question, one.value)}</p>
    ${onTake && html`<button type="button" class="secondary" onClick=${() => onTake(one.value)}>${t('entered.take')}</button>`}</section>`)}</div>`;
}

// The scan of that page a person left aside, where there is one.
export function Beside({ item }) {
  return html`<aside class="whole" aria-label=${t('entered.beside')}><p class="hint">${t('entered.beside')}</p>
    <${Sheet} id=${item.beside} label=${t('settle.wholepage.alt', { page: item.page, serial: item.printed })} /></aside>`;
}
