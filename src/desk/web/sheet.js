// The picture of a scan as it lies in its file: it can be turned and enlarged; `over(turn)` lies over it instead of what
// enlarges it. Nothing of it is decided here.
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './i18n.js';

const url = (id, turn, width) => `/pictures/sheet/${id}?turn=${turn}&width=${width}`;

function Enlarged({ id, turn, label, onClose }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  return html`<dialog class="enlarged" ref=${dialog} onClose=${onClose} aria-label=${label}>
    <div class="scroll" tabindex="0"><img src=${url(id, turn, 1800)} alt=${label} /></div>
    <button type="button" class="close" onClick=${() => dialog.current.close()}>${t('settle.close')} <kbd>Esc</kbd></button>
  </dialog>`;
}

// `still`: it cannot be turned.
export function Sheet({ id, label, width = 900, over, onTurn, still }) {
  const [turn, setTurn] = useState(0);
  const [failed, setFailed] = useState(false);
  const [enlarged, setEnlarged] = useState(false);
  useEffect(() => {
    setTurn(0);
    setFailed(false);
    setEnlarged(false);
  }, [id]);
  if (failed) return html`<p class="nopicture">⚠ ${t('sheet.none')}</p>`;
  return html`<figure class="scanpic">
    ${over
      ? html`<div class="scanover"><img src=${url(id, turn, width)} alt=${label} onError=${() => setFailed(true)} />${over}</div>`
      : html`<button type="button" class="scanpage" title=${t('sheet.enlarge')} onClick=${() => setEnlarged(true)}>
      <img src=${url(id, turn, width)} alt=${label} onError=${() => setFailed(true)} /></button>`}
    <figcaption><span>${label}</span>
      ${!still && html`<button type="button" class="quiet" onClick=${() => {
        setTurn((turn + 1) % 4);
        onTurn?.((turn + 1) % 4);
      }}>↻ ${t('sheet.turn')}</button>`}</figcaption>
    ${enlarged && html`<${Enlarged} id=${id} turn=${turn} label=${label} onClose=${() => setEnlarged(false)} />`}
  </figure>`;
}
