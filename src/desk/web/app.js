// The page: who is signed in decides what is shown. It holds no truth and may be reloaded at any moment.
import { html, render, useCallback, useEffect, useState } from './html.js';
import { call, setToken } from './api.js';
import { t } from './i18n.js';
import { Frame } from './frame.js';
import { ChangePassword, SignIn } from './signin.js';
import { uploads } from './uploads.js';
import { useView, viewsOf } from './views.js';

function Desk({ session, survey, lapsed, onSignedOut, onLapsed, onLanguage }) {
  const allowed = viewsOf(session);
  const { view, place } = useView(allowed);
  return html`<${Frame} session=${session} survey=${survey} allowed=${allowed} current=${view} onSignedOut=${onSignedOut}
    onLapsed=${onLapsed} onLanguage=${onLanguage}>
    ${(frame) => view
      ? html`<${view.View} key=${view.id} session=${session} survey=${survey} frame=${frame} place=${place} lapsed=${lapsed} onLapsed=${onLapsed} />`
      : html`<main class="empty"><p>${t('norole')}</p></main>`}
  <//>`;
}

function App() {
  const [session, setSession] = useState(null); // null: not known yet; false: signed out
  const [lapsed, setLapsed] = useState(null); // the session that ended under an open page
  const [survey, setSurvey] = useState(null);
  const [, setLanguageTurn] = useState(0);

  const begin = useCallback((data) => {
    setToken(data.token);
    setSession(data);
    setLapsed(null);
  }, []);
  const lapse = useCallback(() => setLapsed((before) => before ?? true), []);
  const end = useCallback(() => {
    setToken('');
    uploads.clear(); // the next person's session sends nothing of this one's
    setSession(false);
    setSurvey(null);
  }, []);

  useEffect(() => {
    call('GET', '/api/session').then(begin, () => setSession(false));
  }, []);
  useEffect(() => {
    if (session && !session.one_time && !survey) call('GET', '/api/survey').then(setSurvey, () => {});
  }, [session, survey]);

  const turn = () => setLanguageTurn((n) => n + 1);
  if (session === null) return html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  if (session === false) return html`<${SignIn} onSignedIn=${begin} onLanguage=${turn} />`;
  if (session.one_time) return html`<${ChangePassword} session=${session} onChanged=${begin} onLanguage=${turn} />`;
  if (!survey) return html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  return html`
    <${Desk} key=${session.name} session=${session} survey=${survey} lapsed=${lapsed} onSignedOut=${end} onLapsed=${lapse}
      onLanguage=${turn} />
    ${lapsed && html`<${SignIn} again=${session.name} onSignedIn=${begin} onLanguage=${turn} />`}
  `;
}

render(html`<${App} />`, document.getElementById('app'));
