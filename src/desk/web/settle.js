// One by one: the row's picture large, the whole page beside it, an answer at a keystroke.
import { html, useEffect, useRef, useState } from './html.js';
import { formatNumber, reasonsText, t } from './i18n.js';
import { OtherDialog, ReasonDialog, ReferDialog } from './dialogs.js';
import { Enlarged, Picture, pageRatio } from './enlarged.js';
import { Beside, Entries } from './entered.js';
import { readKey } from './keys.js';
import { cropUrl, pageUrl, useWork } from './work.js';
import { joinValue, questionOf, valueWords } from './values.js';

const percent = (part, whole) => `${(100 * part) / whole}%`;

// Over every box the key that marks it; what is chosen so far is framed. `area`: the part of the crop that is
// shown, in mm.
function BoxKeys({ item, question, chosen, area }) {
  return item.crop.boxes.map((box) => {
    const at = question.options.findIndex((option) => option.id === box.option);
    return html`<span key=${box.option} class=${chosen?.has(box.option) ? 'boxkey chosen' : 'boxkey'} aria-hidden="true"
      style=${{ left: percent(box.x + box.w / 2 - area.x, area.w), top: percent(box.y - area.y, area.h) }}>${at + 1}</span>`;
  });
}

// The least time a person needs to see a picture and press a key.
const SEEN_MS = 120;
// Around the boxes, in mm; so much is shown that a mark beside one is seen.
const AROUND_MM = 9;
// A part is shown larger only where that makes a difference.
const LARGER = 1.5;
const ZOOM_REM = 17; // at most so high

// The part of the crop that holds the boxes; null where it is nearly all of it.
function boxesArea({ crop }) {
  if (!crop?.boxes.length) return null;
  const left = Math.max(0, Math.min(...crop.boxes.map((box) => box.x)) - AROUND_MM);
  const right = Math.min(crop.width, Math.max(...crop.boxes.map((box) => box.x + box.w)) + AROUND_MM);
  const top = Math.max(0, Math.min(...crop.boxes.map((box) => box.y)) - AROUND_MM);
  const bottom = Math.min(crop.height, Math.max(...crop.boxes.map((box) => box.y + box.h)) + AROUND_MM);
  const area = { x: left, y: top, w: right - left, h: bottom - top };
  return crop.width / area.w < LARGER || area.h > area.w ? null : area;
}

// The boxes once more, larger, from the same picture.
function Zoom({ item, question, chosen, area }) {
  const { crop } = item;
  return html`<div class="zoom" style=${{ aspectRatio: `${area.w} / ${area.h}`, width: `min(100%, ${(ZOOM_REM * area.w) / area.h}rem)` }}>
    <img src=${cropUrl(item)} alt="" style=${{
      width: percent(crop.width, area.w), height: percent(crop.height, area.h),
      left: percent(-area.x, area.w), top: percent(-area.y, area.h) }} />
    <${BoxKeys} item=${item} question=${question} chosen=${chosen} area=${area} /></div>`;
}

function Crop({ item, question, chosen, onShown }) {
  const { crop } = item;
  const area = boxesArea(item);
  return html`<${Picture} src=${cropUrl(item)} ratio=${crop ? crop.width / crop.height : 4} alt=${t('settle.crop', { serial: item.printed })} onShown=${onShown}>
    ${crop && !area && html`<${BoxKeys} item=${item} question=${question} chosen=${chosen} area=${{ x: 0, y: 0, w: crop.width, h: crop.height }} />`}<//>
    ${area && html`<${Zoom} item=${item} question=${question} chosen=${chosen} area=${area} />`}`;
}

function Page({ item, onEnlarge }) {
  const { crop } = item;
  return html`
    <button type="button" class="page" onClick=${onEnlarge} aria-label=${t('settle.enlarge')}>
      <${Picture} src=${pageUrl(item)} ratio=${pageRatio(item)}
        alt=${t('settle.wholepage.alt', { page: item.page, serial: item.printed })}>
        ${crop && html`<span class="place" style=${{ top: percent(crop.page_top, crop.page_height), height: percent(crop.page_rows, crop.page_height) }}></span>`}
      <//>
    </button>`;
}

function Options({ question, chosen, onChoose }) {
  return html`<ol class="options">${question.options.map(
    (option, at) => html`<li key=${option.id}><button type="button" class=${chosen?.has(option.id) ? 'option chosen' : 'option'}
      aria-pressed=${chosen ? chosen.has(option.id) : undefined} onClick=${() => onChoose(option.id)}>
      <kbd>${at + 1}</kbd> ${option.label}</button></li>`,
  )}</ol>`;
}

function Actions({ chosen, run }) {
  const list = chosen
    ? [['confirm', 'enter', 'Enter'], ['blank', 'blank', '0'], ['unreadable', 'unreadable', 'X'], ['refer', 'refer', '?'], ['undo', 'undo', 'Z']]
    : [['blank', 'blank', '0'], ['several', 'several', 'M'], ['unreadable', 'unreadable', 'X'], ['refer', 'refer', '?'], ['skip', 'enter', 'Enter'], ['undo', 'undo', 'Z']];
  return html`<div class="actions">${list.map(
    ([word, command, key]) => html`<button type="button" key=${word} class="secondary" onClick=${() => run(command)}>
      ${t(`settle.${word}`)} <kbd>${key}</kbd></button>`,
  )}</div>`;
}

// A second person is told neither what the machine nor what the first one read; a third sees what both did.
function LookNote({ item, question }) {
  if (item.entered) return html`<p class="note look">${t(item.beside ? 'entered.note.beside' : 'entered.note')}</p>`;
  if (item.look === 2) return html`<p class="note look">${t('settle.look.second')}</p>`;
  return html`<p class="note look">${t('settle.look.third', { first: valueWords(question, item.first), second: valueWords(question, item.second) })}</p>`;
}

function Pace({ work, waiting }) {
  return html`<p class="pace" role="status">${work.done > 0 && html`<span>${t('settle.done', { count: work.done })}</span>`}
    ${work.pace > 0 && html` <span>${t('settle.pace', { pace: formatNumber(Math.round(work.pace)), minutes: Math.max(1, Math.round((waiting ?? 0) / work.pace)) })}</span>`}</p>`;
}

function Empty({ counts, work }) {
  return html`<main class="empty"><h1>✓ ${t('settle.empty')}</h1><p>${t('settle.empty.more')}</p>
    ${counts?.waiting > 0 && html`<p>${t('settle.others', { count: counts.waiting })}</p>`}
    <p class="message" role="status">${work.message}</p>
    <button type="button" class="secondary" onClick=${work.undo}>${t('settle.undo')} <kbd>Z</kbd></button></main>`;
}

export function Settle({ survey, frame, lapsed, onLapsed }) {
  const work = useWork({ survey, frame, lapsed, onLapsed });
  const [several, setSeveral] = useState(null); // a Set while several boxes are chosen
  const [refers, setRefers] = useState(false);
  const [enlarged, setEnlarged] = useState(false);
  const [decides, setDecides] = useState(null); // an answer without a picture that waits for its reason
  const shown = useRef({ picture: null, at: 0 });
  const onKey = useRef(null);
  const item = work.items?.[0];
  const question = item ? questionOf(survey, item) : null;
  const chosen = several ?? (question?.kind === 'many' ? new Set() : null);

  useEffect(() => {
    setSeveral(null);
    setEnlarged(false);
    setDecides(null);
    if (item?.entered) shown.current = { picture: cropUrl(item), at: performance.now() };
    // a button pressed for the answer before must not be pressed by the next key
    document.activeElement?.blur?.();
  }, [item?.serial, item?.question]);

  // Nothing is answered before its picture has been on the screen for as long as an eye needs: a key that bounces,
  // or was meant for the picture before, settles nothing.
  const wasSeen = () => item && shown.current.picture === cropUrl(item) && performance.now() - shown.current.at >= SEEN_MS;
  // What nobody can check on a picture later is decided for a reason.
  const answer = (value) => wasSeen() && (item.entered ? setDecides(value) : work.answer(value));
  const choose = (id) => {
    if (!chosen) return answer(id);
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    return setSeveral(next);
  };
  const commands = {
    blank: () => answer(''),
    unreadable: () => answer('?'),
    accept: () => !chosen && item.look === 1 && answer(item.value),
    several: () => setSeveral(several ? null : new Set()),
    escape: () => setSeveral(null),
    enter: () => (chosen ? chosen.size > 0 && answer(joinValue(question, chosen)) : work.skip()),
    refer: () => setRefers(true),
    undo: () => work.undo(),
    enlarge: () => setEnlarged(!item.entered),
  };
  const run = (command) => (item || command === 'undo') && commands[command]();

  onKey.current = (event) => {
    if (lapsed || refers || enlarged || decides !== null || work.other) return;
    const read = readKey(event, question ?? { options: [] });
    if (!read || event.repeat) return;
    event.preventDefault();
    if (read.option) choose(read.option);
    else run(read.command);
  };
  useEffect(() => {
    const read = (event) => onKey.current(event);
    window.addEventListener('keydown', read);
    return () => window.removeEventListener('keydown', read);
  }, []);

  const disagreement = work.other && html`<${OtherDialog} picture=${html`<${work.other.item.entered ? Entries : Crop} item=${work.other.item} question=${questionOf(survey, work.other.item)} />`} who=${work.other.theirs.who}
      theirs=${valueWords(questionOf(survey, work.other.item), work.other.theirs.value)}
      yours=${valueWords(questionOf(survey, work.other.item), work.other.value)}
      onKeep=${work.keepTheirs} onMine=${work.takeMine} />`;
  if (!item && !work.empty) return html`<p class="loading" aria-busy="true">${t('loading')}</p>${disagreement}`;
  if (!item) return html`<${Empty} counts=${frame.counts} work=${work} />${disagreement}`;
  const reasons = reasonsText(item.reasons ?? '');
  return html`
    <main class=${item.entered && !item.beside ? 'settle alone' : 'settle'}>
      <section class="asked">
        <p class="where"><strong>${t('settle.ballot', { serial: item.printed })}</strong> · ${t('settle.page', { page: item.page })}
          <${Pace} work=${work} waiting=${frame.counts?.waiting} /></p>
        <h1>${question.number && `${t('settle.question', { number: question.number })}. `}${question.text || item.question}</h1>
        ${item.look > 1 && html`<${LookNote} item=${item} question=${question} />`}
        ${item.note && html`<p class="note">${t('settle.referred', { who: item.referred_by, note: item.note })}</p>`}
        ${item.entered
          ? html`<${Entries} item=${item} question=${question} onTake=${answer} />`
          : html`<${Crop} item=${item} question=${question} chosen=${chosen} onShown=${() => (shown.current = { picture: cropUrl(item), at: performance.now() })} />`}
        ${reasons && html`<p class="why">${t('settle.why', { reasons })}</p>`}
        <${Options} question=${question} chosen=${chosen} onChoose=${choose} />
        ${chosen
          ? html`<p class="hint">${t('settle.marking')}</p>`
          : item.look === 1 && html`<button type="button" class="guess secondary" onClick=${() => run('accept')}>
              ${t('settle.guess', { value: valueWords(question, item.value) })} <kbd>Space</kbd></button>`}
        <${Actions} chosen=${chosen} run=${run} />
        <p class="message" role="status">${work.message}</p>
      </section>
      ${item.entered
        ? item.beside > 0 && html`<${Beside} item=${item} />`
        : html`<aside class="whole" aria-label=${t('settle.wholepage')}><${Page} item=${item} onEnlarge=${() => setEnlarged(true)} /></aside>`}
      ${enlarged && html`<${Enlarged} item=${item} onClose=${() => setEnlarged(false)} />`}
      ${refers && html`<${ReferDialog} onCancel=${() => setRefers(false)} onSend=${(note) => {
        setRefers(false);
        work.refer(note);
      }} />`}
      ${decides !== null && html`<${ReasonDialog} title=${t('entered.title', { value: valueWords(question, decides) })} initial=${t('entered.reason')}
        onCancel=${() => setDecides(null)} onSend=${(reason) => {
          setDecides(null);
          work.answer(decides, reason);
        }} />`}
    </main>${disagreement}`;
}
