// What stands around every view: the rail at the left, one line at the top.
import { html, useEffect, useRef, useState } from './html.js';
import { call, listen } from './api.js';
import { t } from './i18n.js';
import { LanguageButton } from './signin.js';
import { rails } from './views.js';

// How long changes are gathered before the page asks again.
const GATHER_MS = 400;

// The rails with a view this person may open; a rail leads to its first.
function Rail({ allowed, current }) {
  const shown = rails.filter((rail) => allowed.some((view) => view.rail === rail.id));
  return html`<nav class="rail" aria-label=${t('app.name')}>${shown.map((rail) => html`
    <a key=${rail.id} href=${`#${allowed.find((view) => view.rail === rail.id).id}`} aria-current=${rail.id === current?.rail ? 'page' : undefined}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${rail.icon} /></svg><span>${t(`rail.${rail.id}`)}</span></a>`)}</nav>`;
}

// The views of the current rail, where there is more than one.
function Tabs({ allowed, current }) {
  const shown = allowed.filter((view) => view.rail === current?.rail);
  if (shown.length < 2) return null;
  return html`<nav class="tabs" aria-label=${t(`rail.${current.rail}`)}>${shown.map((view) => html`
    <a key=${view.id} href=${`#${view.id}`} aria-current=${view.id === current.id ? 'page' : undefined}>${t(`view.${view.id}`)}</a>`)}</nav>`;
}

// `children` is a function of what a view needs of the frame: `counts`, `changes` (a number that grows with every
// change of the workspace), `jobs` (the same of long work and files on their way) and `tell` (shows how many decisions are on their way, and whether the server answers).
export function Frame({ session, survey, allowed, current, onSignedOut, onLapsed, onLanguage, children }) {
  const [counts, setCounts] = useState(null);
  const [changes, setChanges] = useState(0);
  const [jobs, setJobs] = useState(0);
  const [sending, tell] = useState({ pending: 0, offline: false });
  const [connected, setConnected] = useState(true);
  const timer = useRef(0);

  useEffect(() => {
    const ask = () => call('GET', '/api/review').then(setCounts, (error) => error.status === 401 && onLapsed());
    const onChange = (kind) => {
      if (kind === 'job' || kind === 'reset') setJobs((n) => n + 1);
      if (kind === 'job') return;
      if (kind !== 'queue') setChanges((n) => n + 1);
      if (timer.current) return;
      timer.current = setTimeout(() => {
        timer.current = 0;
        ask();
      }, GATHER_MS);
    };
    ask();
    const onState = (open) => {
      setConnected(open);
      if (!open) ask(); // a session that has ended closes the stream
    };
    const close = listen(onChange, onState);
    return () => {
      close();
      clearTimeout(timer.current);
    };
  }, [session.token]);

  const signOut = async () => {
    try {
      await call('DELETE', '/api/session');
    } finally {
      onSignedOut();
    }
  };
  const waiting = counts?.waiting;
  return html`
    <div class="frame">
      <header class="top">
        <strong class="survey" title=${survey.name}>${survey.name}</strong>
        ${survey.illustrative && html`<span class="tag">${t('app.illustrative')}</span>`}
        <span class="count" role="status">${waiting === undefined ? '' : waiting ? t('top.waiting', { count: waiting }) : t('top.nothing')}</span>
        ${sending.pending > 1 && html`<span class="tag">${t('top.sending', { count: sending.pending })}</span>`}
        <span class="who">${session.full_name || session.name}</span>
        <${LanguageButton} onLanguage=${onLanguage} />
        <button type="button" class="quiet" onClick=${signOut}>${t('top.signout')}</button>
      </header>
      <${Rail} allowed=${allowed} current=${current} />
      <div class="view">
        ${(sending.offline || !connected) && html`<p class="banner" role="alert">⚠ ${t('top.offline')}</p>`}
        <${Tabs} allowed=${allowed} current=${current} />
        ${children({ counts, setCounts, changes, jobs, tell })}
      </div>
    </div>`;
}
