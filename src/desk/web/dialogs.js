// Questions asked in between: what another person should look at, why something is decided, which of two answers stands.
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

// A few words that are kept with what is done; `initial` stands in the field.
function WordsDialog({ title, label, initial = '', send, children, onSend, onCancel }) {
  const [words, setWords] = useState(initial);
  const submit = (event) => {
    event.preventDefault();
    if (words.trim()) onSend(words.trim());
  };
  return html`
    <${Dialog} title=${title} onCancel=${onCancel}>
      <form onSubmit=${submit}>${children}
        <label>${label}<input name="note" maxlength="500" autofocus required value=${words}
          onInput=${(event) => setWords(event.target.value)} /></label>
        <div class="buttons">
          <button type="button" class="secondary" onClick=${onCancel}>${t('refer.cancel')}</button>
          <button type="submit">${send}</button>
        </div>
      </form>
    <//>`;
}

export function ReferDialog({ onSend, onCancel }) {
  return html`<${WordsDialog} title=${t('refer.title')} label=${t('refer.note')} send=${t('refer.send')} onSend=${onSend} onCancel=${onCancel} />`;
}

export function ReasonDialog({ title, initial, children, onSend, onCancel }) {
  return html`<${WordsDialog} title=${title} label=${t('decided.reason')} send=${t('decided.send')} initial=${initial} onSend=${onSend} onCancel=${onCancel}>${children}<//>`;
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
