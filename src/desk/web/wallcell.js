// One answer on the wall: its boxes as scanned, a frame around what is proposed, and its words below.
import { html, useEffect, useRef } from './html.js';
import { t } from './i18n.js';
import { questionName, valueWords } from './values.js';

const percent = (part, whole) => `${(100 * part) / whole}%`;

// Frames around the boxes of a value.
function Frames({ item, value, other }) {
  const ids = value ? value.split('+') : [];
  return item.boxes.filter((box) => ids.includes(box.option)).map((box) => html`<span key=${box.option} class=${other ? 'boxframe other' : 'boxframe'} aria-hidden="true"
    style=${{ left: percent(box.x - 1.2, item.area.w), top: percent(box.y - 1.2, item.area.h), width: percent(box.w + 2.4, item.area.w), height: percent(box.h + 2.4, item.area.h) }}></span>`);
}

// `mark`: undefined, taken as proposed; { value: null }, otherwise and left for one by one; { value }, that instead.
export function WallCell({ id, keyName, item, question, picture, failed, mark, current, watch, onPress, onReload }) {
  const cell = useRef(null);
  useEffect(() => watch(cell.current), []);
  const value = mark ? mark.value : item.value;
  const state = mark ? (mark.value === null ? 'left' : 'changed') : 'taken';
  const words = value === null ? t('wall.left') : valueWords(question, value);
  return html`<div class=${`cell is-${state}${current ? ' current' : ''}`} id=${id} ref=${cell} data-key=${keyName} role="option" aria-selected=${Boolean(mark)} onClick=${onPress}>
    <div class="cellpicture" style=${{ aspectRatio: `${item.area.w} / ${item.area.h}` }}>
      ${picture
        ? html`<img src=${picture.url} alt=${t('wall.alt', { question: questionName(question, item), serial: item.printed })} />
          <${Frames} item=${item} value=${value} other=${Boolean(mark)} />`
        : failed && html`<p class="nopicture">⚠ ${t('settle.noimage')} <button type="button" onClick=${(event) => { event.stopPropagation(); onReload(); }}>${t('settle.reload')}</button></p>`}
    </div>
    <p class="cellwords"><span class="shape" aria-hidden="true">${{ taken: '✓', left: '↷', changed: '✎' }[state]}</span> <strong>${words}</strong></p>
    <p class="cellwhere">${t('wall.where', { serial: item.printed, question: questionName(question, item) })}</p></div>`;
}
