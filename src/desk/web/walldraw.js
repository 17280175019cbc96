// Some of what the machine is sure of, drawn by lot to be checked: how many is said first.
import { html, useState } from './html.js';
import { t } from './i18n.js';

const FEWEST = 10;
const MOST = 1000;

export function Draw({ onDraw }) {
  const [open, setOpen] = useState(false);
  const [count, setCount] = useState(100);
  if (!open) return html`<button type="button" class="secondary" onClick=${() => setOpen(true)}>${t('wall.draw')}</button>`;
  const submit = (event) => {
    event.preventDefault();
    setOpen(false);
    onDraw(count);
  };
  return html`<form class="draw" onSubmit=${submit} onKeyDown=${(event) => event.key === 'Escape' && setOpen(false)}>
    <label class="inline">${t('wall.draw.count')} <input type="number" name="count" min=${FEWEST} max=${MOST} required autofocus value=${count}
      ref=${(field) => field?.focus()} onInput=${(event) => setCount(Number(event.target.value))} /></label>
    <button type="submit">${t('wall.draw.do')}</button>
    <button type="button" class="secondary" onClick=${() => setOpen(false)}>${t('refer.cancel')}</button>
    <p class="hint">${t('wall.draw.what')}</p></form>`;
}
