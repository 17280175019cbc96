// Pages that no scan came of, entered by hand off the paper: which there are, the page's questions as the paper has them,
// and what becomes of it. What another person entered is not here to be seen.
import { html, useEffect, useRef, useState } from './html.js';
import { AskedFault, useAsked } from './asked.js';
import { Decided, useDecisions } from './decided.js';
import { EntryForm } from './entryform.js';
import { errorText, t } from './i18n.js';
import { FilterField, fits } from './tables.js';

const ORDER = ['half', 'missing', 'own', 'entered'];
const isOpen = (sheet) => sheet.standing === 'missing' || sheet.standing === 'half';
// Where a ballot is opened: at a page to be entered, else at one that was, else at its first.
const firstOf = (sheets) => sheets.find(isOpen) ?? sheets.find((sheet) => sheet.standing !== 'scanned') ?? sheets[0];
const addressOf = (serial, page) => `#enter/${encodeURIComponent(serial)}${page ? `/${page}` : ''}`;
const go = (serial, page) => (location.hash = addressOf(serial, page));
const standingWords = (sheet) => t(`enter.is.${sheet.standing}`);
const codesOf = (sheet) => [...new Set([sheet.group, sheet.agency, sheet.origin])].join(' · ');

// A ballot of which nothing came is told by its number.
function Find() {
  const [serial, setSerial] = useState('');
  const open = (event) => {
    event.preventDefault();
    if (serial.trim()) go(serial.trim());
    setSerial('');
  };
  return html`<form class="findballot" onSubmit=${open}>
    <label>${t('enter.serial')}<input name="serial" autocomplete="off" placeholder="K7RF-000123-5" maxlength="16" required value=${serial} onInput=${(event) => setSerial(event.target.value)} /></label>
    <button type="submit" class="secondary">${t('enter.open')}</button></form>`;
}

function List({ sheets, serial, page }) {
  return html`<ul class="picklist">${sheets.map((sheet) => html`<li key=${`${sheet.serial} ${sheet.page}`}>
    <button type="button" aria-current=${sheet.serial === serial && sheet.page === page ? 'true' : undefined} onClick=${() => go(sheet.serial, sheet.page)}>
      <span class="name">${sheet.printed} · ${t('settle.page', { page: sheet.page })}</span><span class="hint">${standingWords(sheet)} · ${codesOf(sheet)}</span></button></li>`)}</ul>`;
}

// Whose ballot it is, as the paper says it, so that nobody enters another one.
function Whose({ ballot, survey }) {
  const parts = [['group', ballot.group, ballot.group_name], ['agency', ballot.agency, ballot.agency_name], ['origin', ballot.origin, ballot.origin_name]];
  const form = survey.forms[ballot.form];
  return html`<dl class="whose">${[['form', ballot.form, [form?.title, form?.subtitle].filter(Boolean).join(' · ')], ...parts].map(([part, code, name]) => html`<div key=${part}>
    <dt>${t(`enter.${part}`)}</dt><dd>${code}${name && name !== code ? ` · ${name}` : ''}</dd></div>`)}</dl>`;
}

function Pages({ ballot, sheet }) {
  if (ballot.sheets.length < 2) return null;
  return html`<div class="kinds" role="toolbar" aria-label=${t('enter.pages')}>${ballot.sheets.map((one) => html`<button key=${one.page} type="button" class="secondary"
    aria-pressed=${one === sheet} onClick=${() => go(ballot.serial, one.page)}>${t('enter.page', { page: one.page })}: ${standingWords(one)}</button>`)}</div>`;
}

// Who entered the page, and the way back.
function Entered({ ballot, sheet, undo }) {
  return html`<ul class="enteredby">${sheet.entries.map((entry) => html`<li key=${entry.decision}>${t('entered.by', { who: entry.who })}
    ${entry.undo && html` <button type="button" class="secondary" onClick=${() => undo(entry.decision, t('enter.what', { serial: ballot.printed, page: sheet.page, who: entry.who }))}>${t('enter.undo')}</button>`}</li>`)}</ul>`;
}

function doneWords(ballot, sheet) {
  return (said) => t(!said.counts ? 'enter.done.half' : said.differing ? 'enter.done.differ' : 'enter.done', { serial: ballot.printed, page: sheet.page, count: said.differing });
}

function Sheet({ ballot, sheet, survey, drafts, decisions }) {
  const key = `${ballot.serial} ${sheet.page}`;
  const send = async (given, reason) => {
    if (!(await decisions.decide(`/api/entries/${encodeURIComponent(ballot.serial)}/${sheet.page}`, { given, reason }, doneWords(ballot, sheet)))) return;
    drafts.delete(key);
    const next = ballot.sheets.find((one) => one.page !== sheet.page && isOpen(one));
    if (next) go(ballot.serial, next.page);
  };
  const open = isOpen(sheet);
  const note = sheet.standing === 'missing' && ballot.readers < 2 ? 'enter.note.alone' : `enter.note.${sheet.standing}`;
  return html`<p class=${open ? 'note' : 'why'}>${t(note)}</p>
    ${!open && html`<${Entered} ballot=${ballot} sheet=${sheet} undo=${decisions.undo} />`}
    ${open && html`<${EntryForm} key=${key} form=${survey.forms[ballot.form]} questions=${sheet.questions} draft=${drafts.get(key)}
      onDraft=${(given) => drafts.set(key, given)} onSend=${send} fault=${decisions.told?.fault} />`}`;
}

function Ballot({ serial, page, survey, asking, drafts, decisions }) {
  const asked = useAsked(`/api/entries/${encodeURIComponent(serial)}`, asking);
  const ballot = asked.data;
  if (asked.error && [404, 422].includes(asked.error.status)) return html`<section class="picked"><h1>${t('settle.ballot', { serial })}</h1><p class="why">✕ ${errorText(asked.error)}</p></section>`;
  if (!ballot) return asked.error ? html`<section class="picked"><${AskedFault} asked=${asked} /></section>` : html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  const sheet = ballot.sheets.find((one) => one.page === page) ?? firstOf(ballot.sheets);
  return html`<section class="picked" aria-label=${t('settle.ballot', { serial: ballot.printed })}>
    <h1>${t('settle.ballot', { serial: ballot.printed })}${sheet && ` · ${t('settle.page', { page: sheet.page })}`}</h1>
    <${Whose} ballot=${ballot} survey=${survey} /><${AskedFault} asked=${asked} />
    <${Pages} ballot=${ballot} sheet=${sheet} />
    ${sheet && html`<${Sheet} ballot=${ballot} sheet=${sheet} survey=${survey} drafts=${drafts} decisions=${decisions} />`}</section>`;
}

export function Enter({ survey, frame, place, lapsed, onLapsed }) {
  const [turn, setTurn] = useState(0);
  const asking = { changes: frame.changes + turn, lapsed, onLapsed };
  const asked = useAsked('/api/entries', asking);
  const decisions = useDecisions({ onLapsed, again: () => setTurn((n) => n + 1) });
  const drafts = useRef(new Map()); // "serial page" → question → value: typed and not sent
  const [filter, setFilter] = useState('');
  useEffect(() => {
    const leave = (event) => drafts.current.size && event.preventDefault();
    window.addEventListener('beforeunload', leave);
    return () => window.removeEventListener('beforeunload', leave);
  }, []);
  if (!asked.data) return asked.error ? html`<main class="pick"><${AskedFault} asked=${asked} /></main>` : html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  const { sheets } = asked.data;
  const shown = sheets
    .filter((sheet) => fits(filter, sheet.printed, sheet.serial, sheet.group, sheet.agency, sheet.origin))
    .sort((a, b) => ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing));
  const [serial, page] = [place[0] || shown[0]?.serial, place[0] ? Number(place[1]) : shown[0]?.page];
  return html`<main class="pick">
    <section class="picks"><header><strong>${t('enter.count', { count: sheets.filter(isOpen).length })}</strong><${Find} />
        ${sheets.length > 0 && html`<${FilterField} value=${filter} onChange=${setFilter} />`}</header>
      <${AskedFault} asked=${asked} /><${Decided} decisions=${decisions} />
      ${shown.length ? html`<${List} sheets=${shown} serial=${serial} page=${page} />` : html`<p class="hint">${t(sheets.length ? 'filter.none' : 'enter.empty')}</p>`}</section>
    ${serial
      ? html`<${Ballot} key=${serial} serial=${serial} page=${page} survey=${survey} asking=${asking} drafts=${drafts.current} decisions=${decisions} />`
      : html`<section class="picked"><h1>${t('enter.title')}</h1><p>${t('enter.how')}</p></section>`}
  </main>`;
}
