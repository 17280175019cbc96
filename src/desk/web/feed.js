// Scans in: dropped or chosen, sent, read; what became of every file.
import { html, useEffect, useRef, useState } from './html.js';
import { call } from './api.js';
import { droppedFiles } from './dropped.js';
import { FeedRow } from './feedrow.js';
import { errorText, t } from './i18n.js';
import { uploads } from './uploads.js';

const KINDS = '.pdf,.tif,.tiff,.jpg,.jpeg,.png';

// What the server has: files on their way, those to be read, those that were. Asked again after every change, one
// question at a time.
function useFed(frame, onLapsed) {
  const [fed, setFed] = useState({ uploads: null, jobs: [], files: [], more: false, watch: null });
  const [error, setError] = useState(null);
  const asking = useRef({ now: false, again: false });
  const ask = async () => {
    if (asking.current.now) {
      asking.current.again = true;
      return;
    }
    asking.current = { now: true, again: false };
    try {
      const [{ uploads: sent }, { jobs, watch }, { files, more }] = [await call('GET', '/api/uploads'), await call('GET', '/api/jobs'), await call('GET', '/api/files')];
      setFed((before) => {
        const older = before.files.filter((file) => files.length && file.id < files.at(-1).id);
        return { uploads: sent, jobs, watch, files: [...files, ...older], more: older.length ? before.more : more };
      });
      setError(null);
    } catch (failed) {
      if (failed.status === 401) onLapsed();
      else if (failed.status) setError(failed); // without a connection the frame says so
    }
    asking.current.now = false;
    if (asking.current.again) ask();
  };
  const askOlder = async () => {
    try {
      const { files, more } = await call('GET', `/api/files?after=${fed.files.at(-1).id}`);
      setFed((before) => ({ ...before, files: [...before.files, ...files], more }));
    } catch (failed) {
      setError(failed);
    }
  };
  useEffect(() => {
    ask();
  }, [frame.changes, frame.jobs]);
  return { fed, error, ask, askOlder, setError };
}

function useUploads() {
  const [, turn] = useState(0);
  useEffect(() => uploads.listen(() => turn((n) => n + 1)), []);
  return uploads.rows;
}

// Everything as one list: what this page sends, what stands half sent, what waits and is read, what was.
function listRows(local, fed) {
  const own = new Set(local.map((row) => row.sha256));
  const jobs = new Set(fed.jobs.map((job) => job.sha256));
  const shown = local.filter((row) => row.state !== 'sent' || !jobs.has(row.sha256));
  return [
    ...shown.map((row) => ({ kind: 'local', key: `local ${row.key}`, row })),
    ...fed.uploads.filter((one) => !own.has(one.sha256)).map((row) => ({ kind: 'upload', key: `upload ${row.sha256}`, row })),
    ...fed.jobs.map((row) => ({ kind: 'job', key: row.sha256, row })),
    ...fed.files.filter((file) => !jobs.has(file.sha256)).map((row) => ({ kind: 'file', key: row.sha256, row })),
  ];
}

function Drop({ onFiles }) {
  const chooser = useRef(null);
  const choose = (event) => {
    onFiles([...event.target.files]);
    event.target.value = '';
  };
  return html`<section class="drop" aria-label=${t('feed.drop')}>
    <p>${t('feed.drop')}</p>
    <input type="file" multiple accept=${KINDS} hidden ref=${chooser} onChange=${choose} />
    <button type="button" onClick=${() => chooser.current.click()}>${t('feed.choose')}</button>
    <p class="hint">${t('feed.kinds')}</p>
  </section>`;
}

// The folder that is watched beside; what stands in its way.
function Watched({ watch }) {
  if (!watch) return null;
  return html`<p class="watched" role="status">${watch.words ? html`<strong>⚠ ${t('feed.watch.fault', { folder: watch.folder })}</strong> ${watch.words}` : t('feed.watch', { folder: watch.folder })}</p>`;
}

function Totals({ files, counts, settles }) {
  const sum = (name) => files.reduce((all, file) => all + (file.pages < 0 ? 0 : file[name]), 0);
  const waiting = counts?.waiting ?? 0;
  const words = waiting ? t('feed.waiting', { count: waiting }) : t('top.nothing');
  return html`<p class="totals" role="status">
    <span>${t('feed.totals', { pages: sum('read') + sum('refused') + sum('blank') + sum('cover'), read: sum('read'), refused: sum('refused'), blank: sum('blank'), cover: sum('cover') })}</span>
    ${waiting > 0 && settles ? html`<a href="#settle">${words} →</a>` : html`<span>${words}</span>`}</p>`;
}

const COLUMNS = ['pages', 'read', 'refused', 'blank', 'cover'];

export function Feed({ session, frame, onLapsed }) {
  const [over, setOver] = useState(false);
  const local = useUploads();
  const { fed, error, ask, askOlder, setError } = useFed(frame, onLapsed);
  useEffect(() => {
    if (fed.uploads) uploads.forgetSent((sha256) => [...fed.jobs, ...fed.files].some((one) => one.sha256 === sha256));
  }, [fed]);

  const take = (files) => files.length && uploads.add(files);
  const drop = async (event) => {
    event.preventDefault();
    setOver(false);
    try {
      take(await droppedFiles(event.dataTransfer));
    } catch {
      setError({ id: 'unreadable-file' });
    }
  };
  const hover = (event) => {
    event.preventDefault();
    setOver(event.type === 'dragover');
  };
  // what a person asks of a file: `path` of the API
  const act = async (method, path) => {
    try {
      await call(method, path);
      setError(null);
    } catch (failed) {
      if (failed.status === 401) onLapsed();
      else setError(failed);
    }
    ask();
  };

  const rows = fed.uploads ? listRows(local, fed) : null;
  return html`
    <main class=${over ? 'feed over-drop' : 'feed'} onDragOver=${hover} onDragLeave=${hover} onDrop=${drop}>
      <${Drop} onFiles=${take} />
      <${Watched} watch=${fed.watch} />
      <p class="fault" role="alert">${error ? `⚠ ${errorText(error)}` : ''}</p>
      ${!rows && !error && html`<p class="loading" aria-busy="true">${t('loading')}</p>`}
      ${rows && !rows.length && html`<p class="none">${t('feed.empty')}</p>`}
      ${rows?.length > 0 && html`
        <${Totals} files=${fed.files} counts=${frame.counts} settles=${session.roles.split(',').includes('operator')} />
        <table class="files">
          <thead><tr><th scope="col">${t('feed.file')}</th><th scope="col">${t('feed.state')}</th>
            ${COLUMNS.map((name) => html`<th key=${name} scope="col" class="number">${t(`feed.${name}`)}</th>`)}
            <td></td></tr></thead>
          <tbody>${rows.map((one) => html`<${FeedRow} key=${one.key} kind=${one.kind} row=${one.row} columns=${COLUMNS} act=${act} />`)}</tbody>
        </table>
        ${fed.more && html`<button type="button" class="secondary" onClick=${askOlder}>${t('feed.older')}</button>`}`}
    </main>`;
}
