// The page: who is signed in decides what is shown. It holds no truth and may be reloaded at any moment.
import { html, render, useCallback, useEffect, useState } from './html.js';
import { call, setToken } from './api.js';
import { t } from './i18n.js';
import { Frame } from './frame.js';
import { ChangePassword, SignIn } from './signin.js';
import { Settle } from './settle.js';

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
    <${Frame} session=${session} survey=${survey} onSignedOut=${end} onLapsed=${lapse} onLanguage=${turn}>
      ${(frame) => html`<${Settle} key=${session.name} session=${session} survey=${survey} frame=${frame}
        lapsed=${lapsed} onLapsed=${lapse} />`}
    <//>
    ${lapsed && html`<${SignIn} again=${session.name} onSignedIn=${begin} onLanguage=${turn} />`}
  `;
}

render(html`<${App} />`, document.getElementById('app'));
