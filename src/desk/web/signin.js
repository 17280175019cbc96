// Signing in, and the first password of one's own.
import { html, useEffect, useRef, useState } from './html.js';
import { call } from './api.js';
import { currentLanguage, errorText, setLanguage, t } from './i18n.js';

export function LanguageButton({ onLanguage }) {
  const change = () => {
    setLanguage(currentLanguage() === 'vi' ? 'en' : 'vi');
    onLanguage();
  };
  return html`<button type="button" class="quiet" lang=${currentLanguage() === 'vi' ? 'en' : 'vi'}
    onClick=${change}>${t('top.language')}</button>`;
}

function Field({ label, ...rest }) {
  return html`<label>${label}<input required ...${rest} /></label>`;
}

// A form that sends itself once and shows what went wrong.
function useForm(send) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    setBusy(true);
    setError('');
    try {
      await send(values);
    } catch (failed) {
      setError(failed.words ?? errorText(failed));
      event.target.querySelector('input:not([readonly])')?.focus();
    }
    setBusy(false);
  };
  return { busy, error, submit };
}

// `again`: the name whose session ended; the page stays open beneath, and only that person may go on with it.
export function SignIn({ again, onSignedIn, onLanguage }) {
  const first = useRef(null);
  useEffect(() => first.current?.querySelector(again ? 'input[name=password]' : 'input')?.focus(), []);
  const { busy, error, submit } = useForm(async (values) => {
    onSignedIn(await call('POST', '/api/session', { name: values.name.trim().toLowerCase(), password: values.password }));
  });
  return html`
    <main class=${again ? 'over' : 'card-page'} role=${again ? 'dialog' : undefined} aria-modal=${again ? 'true' : undefined}>
      <article class="card" ref=${first}>
        <header><strong>${t('app.name')}</strong><${LanguageButton} onLanguage=${onLanguage} /></header>
        <form onSubmit=${submit}>
          <h1>${t('signin.title')}</h1>
          ${again && html`<p>${t('signin.again')}</p>`}
          <${Field} label=${t('signin.name')} name="name" autocomplete="username" autocapitalize="none"
            spellcheck=${false} value=${again ?? ''} readonly=${Boolean(again)} />
          <${Field} label=${t('signin.password')} name="password" type="password" autocomplete="current-password" />
          <p class="fault" role="alert">${error}</p>
          <button type="submit" aria-busy=${busy} disabled=${busy}>${t('signin.submit')}</button>
          ${!again && html`<p class="hint">${t('signin.help')}</p>`}
        </form>
      </article>
    </main>`;
}

export function ChangePassword({ session, onChanged, onLanguage }) {
  const { busy, error, submit } = useForm(async (values) => {
    if (values.new !== values.repeat) throw Object.assign(new Error(), { words: t('password.differ') });
    onChanged(await call('POST', '/api/session/password', { old: values.old, new: values.new }));
  });
  return html`
    <main class="card-page">
      <article class="card">
        <header><strong>${t('app.name')}</strong><${LanguageButton} onLanguage=${onLanguage} /></header>
        <form onSubmit=${submit}>
          <h1>${t('password.title')}</h1>
          <p>${t('password.why')}</p>
          <input type="text" name="username" autocomplete="username" value=${session.name} readonly hidden />
          <${Field} label=${t('password.old')} name="old" type="password" autocomplete="current-password" autofocus />
          <${Field} label=${t('password.new')} name="new" type="password" autocomplete="new-password" minlength="10" />
          <${Field} label=${t('password.repeat')} name="repeat" type="password" autocomplete="new-password" minlength="10" />
          <p class="fault" role="alert">${error}</p>
          <button type="submit" aria-busy=${busy} disabled=${busy}>${t('password.submit')}</button>
        </form>
      </article>
    </main>`;
}
