// Two questions asked in between: what another person should look at, and which of two answers stands.
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './i18n.js';

function Dialog({ title, onCancel, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onCancel();
  };
  return html`
    <dialog ref=${dialog} onCancel=${cancel} aria-labelledby="dialog-title">
      <article><h2 id="dialog-title">${title}</h2>${children}</article>
    </dialog>`;
}

export function ReferDialog({ onSend, onCancel }) {
  const [note, setNote] = useState('');
  const send = (event) => {
    event.preventDefault();
    if (note.trim()) onSend(note.trim());
  };
  return html`
    <${Dialog} title=${t('refer.title')} onCancel=${onCancel}>
      <form onSubmit=${send}>
        <label>${t('refer.note')}<input name="note" maxlength="500" autofocus required value=${note}
          onInput=${(event) => setNote(event.target.value)} /></label>
        <div class="buttons">
          <button type="button" class="secondary" onClick=${onCancel}>${t('refer.cancel')}</button>
          <button type="submit">${t('refer.send')}</button>
        </div>
      </form>
    <//>`;
}

export function OtherDialog({ picture, who, theirs, yours, onKeep, onMine }) {
  return html`
    <${Dialog} title=${t('other.title')} onCancel=${onKeep}>
      ${picture}
      <p>${t('other.text', { who, theirs, yours })}</p>
      <div class="buttons">
        <button type="button" class="secondary" onClick=${onMine}>${t('other.mine', { value: yours })}</button>
        <button type="button" autofocus onClick=${onKeep}>${t('other.keep', { who, value: theirs })}</button>
      </div>
    <//>`;
}
