// A decision of a clerk: asked why, sent once, told, and taken back where it was wrong.
import { html, useRef, useState } from './html.js';
import { call, newKey } from './api.js';
import { errorText, t } from './i18n.js';

// `decide(path, body, words)` sends a decision; `words` say what was done when it is, or are made of the answer.
// `undo(decision, what)` takes one back, the last one where none is named. `told` is what stands below.
export function useDecisions({ onLapsed, again }) {
  const [told, setTold] = useState(null); // { words, decision } or { fault }
  const busy = useRef(false);
  const send = async (path, body, done) => {
    if (busy.current) return false;
    busy.current = true;
    try {
      setTold(done(await call('POST', path, body, newKey())));
      return true;
    } catch (error) {
      if (error.status === 401) onLapsed();
      else setTold({ fault: errorText(error) });
      return false;
    } finally {
      busy.current = false;
      again();
    }
  };
  const decide = (path, body, words) => send(path, body, (said) => ({ words: typeof words === 'function' ? words(said) : words, decision: said.decision }));
  const undo = (decision = told.decision, what = told.words) =>
    send(`/api/decisions/${decision}/undo`, { reason: t('decided.undo.reason') }, () => ({ words: t('decided.undone', { what }) }));
  return { told, decide, undo };
}

export function Decided({ decisions }) {
  const { told, undo } = decisions;
  return html`<p class="decided" role="status">${told && (told.fault ? `⚠ ${told.fault}` : html`✓ ${told.words}
    ${told.decision > 0 && html` <button type="button" class="quiet" onClick=${() => undo()}>${t('decided.undo')}</button>`}`)}</p>`;
}
