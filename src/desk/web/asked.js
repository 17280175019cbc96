// What a view shows of the server: asked for when it opens and again when something has changed, never faster than the
// server can tell. What was shown stays until the next answer is there.
import { html, useCallback, useEffect, useRef, useState } from './html.js';
import { call } from './api.js';
import { errorText, formatMoment, t } from './i18n.js';

// The least time between two questions, and so many times as long as the last answer took.
const REST_MS = 1000;
const REST_TIMES = 3;

// `changes` asks again when it is another; nothing is asked while `lapsed`. Gives `data` (null: not there yet), `error`
// (null: the last answer was good) and `again`.
export function useAsked(path, { changes, lapsed, onLapsed }) {
  const [state, setState] = useState({ data: null, error: null });
  const own = useRef({ busy: false, due: false, gone: false, timer: 0 });

  const ask = useCallback(async () => {
    const now = own.current;
    now.due = now.busy;
    if (now.busy) return;
    now.busy = true;
    const begun = performance.now();
    try {
      const data = await call('GET', path);
      if (!now.gone) setState({ data, error: null });
    } catch (error) {
      if (now.gone) return;
      if (error.status === 401) onLapsed();
      else setState((before) => ({ ...before, error }));
    }
    now.timer = setTimeout(() => {
      now.busy = false;
      if (now.due) ask();
    }, Math.max(REST_MS, REST_TIMES * (performance.now() - begun)));
  }, [path]);

  useEffect(() => {
    if (!lapsed) ask();
  }, [ask, changes, lapsed]);
  useEffect(() => () => {
    own.current.gone = true;
    clearTimeout(own.current.timer);
  }, []);
  return { ...state, again: ask };
}

// What stands instead of the data, or over it, when the last answer was none. `at`: of the data shown.
export function AskedFault({ asked, at }) {
  const { error, again } = asked;
  if (!error) return null;
  const message = errorText(error);
  return html`<p class="askedfault" role="alert">⚠ ${at ? t('asked.old', { message, at: formatMoment(at) }) : t('asked.none', { message })}
    <button type="button" class="secondary" onClick=${again}>${t('asked.again')}</button></p>`;
}

// What was asked for, by the function given as its child: below what is wrong with it, and not before it is there.
export function Asked({ asked, at, children }) {
  if (!asked.data && !asked.error) return html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  return html`<${AskedFault} asked=${asked} at=${at} />${asked.data && children()}`;
}
