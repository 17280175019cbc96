// Pictures that say when they are not there, and a page as large as the window.
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './i18n.js';
import { pageUrl } from './work.js';

// Width over height of the page, A4 where its layout is not known.
export const pageRatio = ({ crop }) => (crop ? crop.width / crop.page_height : 210 / 297);

// A picture that says when it is not there, and can be asked for again.
export function Picture({ src, alt, ratio, onShown, children }) {
  const [failed, setFailed] = useState(0);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setFailed(0);
    setAttempt(0);
  }, [src]);
  if (failed > attempt)
    return html`<div class="nopicture" role="alert"><p>⚠ ${t('settle.noimage')}</p>
      <button type="button" onClick=${() => setAttempt(failed)}>${t('settle.reload')}</button></div>`;
  return html`<div class="picture" style=${{ aspectRatio: String(ratio) }}>
    <img src=${attempt ? `${src}&again=${attempt}` : src} alt=${alt} onLoad=${onShown} onError=${() => setFailed(attempt + 1)} />${children}</div>`;
}

export function Enlarged({ item, onClose }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
    const place = item.crop ? item.crop.page_top / item.crop.page_height : 0;
    const scroll = dialog.current.querySelector('.scroll');
    const image = scroll.querySelector('img');
    const go = () => scroll.scrollTo({ top: place * image.clientHeight - 80 });
    image.addEventListener('load', go, { once: true });
    go();
  }, []);
  return html`
    <dialog class="enlarged" ref=${dialog} onCancel=${onClose} onClose=${onClose} aria-label=${t('settle.enlarge')}
      onKeyDown=${(event) => event.key.toLowerCase() === 'v' && onClose()}>
      <div class="scroll" tabindex="0"><${Picture} src=${pageUrl(item, 8)} ratio=${pageRatio(item)}
        alt=${t('settle.wholepage.alt', { page: item.page, serial: item.printed })} /></div>
      <button type="button" class="close" onClick=${onClose}>${t('settle.close')} <kbd>Esc</kbd></button>
    </dialog>`;
}
