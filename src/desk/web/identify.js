// A person says which page of which ballot a refused page is, and may show where the sheet's corners are.
import { html, useRef, useState } from './html.js';
import { t } from './i18n.js';

// Where a point of the picture, turned clockwise by so many quarters, is on the scan as it lies.
const unturn = [([x, y]) => [x, y], ([x, y]) => [y, 1 - x], ([x, y]) => [1 - x, 1 - y], ([x, y]) => [1 - y, x]];
const START = [[0.03, 0.02], [0.97, 0.02], [0.97, 0.98], [0.03, 0.98]];
const STEP = 0.002;
const within = (value) => Math.max(0, Math.min(1, value));

// Four handles over the picture, clockwise from the sheet's upper left; dragged, or moved by the arrow keys.
export function Corners({ corners, onChange }) {
  const area = useRef(null);
  const move = (at, x, y) => onChange(corners.map((corner, index) => (index === at ? [within(x), within(y)] : corner)));
  const drag = (at) => (event) => {
    if (!event.buttons) return;
    const box = area.current.getBoundingClientRect();
    move(at, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const key = (at) => (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    move(at, corners[at][0] + far * STEP * steps[event.key][0], corners[at][1] + far * STEP * steps[event.key][1]);
  };
  return html`<div class="corners" ref=${area}>
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><polygon points=${corners.map((corner) => corner.join(',')).join(' ')} vector-effect="non-scaling-stroke" /></svg>
    ${corners.map(([x, y], at) => html`<button type="button" key=${at} class="corner" aria-label=${`${at + 1}: ${t(`identify.corner.${at}`)}`} style=${{ left: `${100 * x}%`, top: `${100 * y}%` }}
      onPointerDown=${(event) => event.target.setPointerCapture(event.pointerId)} onPointerMove=${drag(at)} onKeyDown=${key(at)}>${at + 1}</button>`)}</div>`;
}

// What is known so far: null while the person is not at it. `body(turn)` is the request.
export function useIdentify() {
  const [state, setState] = useState(null);
  return {
    state,
    begin: () => setState({ serial: '', page: 1, corners: null }),
    end: () => setState(null),
    set: (change) => setState((before) => ({ ...before, ...change })),
    body: (turn) => ({ serial: state.serial, page: state.page, corners: state.corners && state.corners.flatMap((corner) => unturn[turn](corner)) }),
  };
}

export function IdentifyForm({ identify, onSend }) {
  const { state, set, end } = identify;
  const submit = (event) => {
    event.preventDefault();
    if (state.serial.trim()) onSend();
  };
  return html`<form class="identify" onSubmit=${submit}>
    <p>${t('identify.what')}</p>
    <div class="choices">
      <label>${t('identify.serial')}<input name="serial" autofocus autocomplete="off" placeholder="K7RF-000123-5" maxlength="16" required value=${state.serial} onInput=${(event) => set({ serial: event.target.value })} /></label>
      <label>${t('identify.page')}<input name="page" type="number" min="1" max="20" required value=${state.page} onInput=${(event) => set({ page: Number(event.target.value) })} /></label>
      <label class="check"><input type="checkbox" checked=${Boolean(state.corners)} onChange=${(event) => set({ corners: event.target.checked ? START : null })} /> ${t('identify.corners')}</label>
      <button type="submit">${t('identify.send')}</button>
      <button type="button" class="secondary" onClick=${end}>${t('refer.cancel')}</button></div>
    ${state.corners && html`<p class="hint">${t('identify.corners.how')}</p>`}
  </form>`;
}
