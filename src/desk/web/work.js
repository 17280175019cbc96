// The operator's work: what is claimed, what was decided, what is on its way. No markup here.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { call, newKey } from './api.js';
import { Claims, first, keyOf } from './claims.js';
import { errorText, t } from './i18n.js';
import { Outbox } from './outbox.js';
import { questionName, questionOf, valueWords } from './values.js';

// More is claimed when fewer than these are left; what is held is confirmed this often while somebody works.
const FEW = 6;
const ALIVE_MS = 60_000;
const AWAY_MS = 4 * 60_000;
// Pictures loaded ahead.
export const AHEAD = 5;

// Tells this page from one of the same person that was closed.
const pageId = newKey();

export function cropUrl(item) {
  return `/pictures/crop/${encodeURIComponent(item.serial)}/${encodeURIComponent(item.question)}?scan=${item.scan}`;
}

export function pageUrl(item, scale = 4) {
  return `/pictures/page/${encodeURIComponent(item.serial)}/${item.page}?scan=${item.scan}&scale=${scale}`;
}

const loaded = new Set();

function load(url) {
  return new Promise((done) => {
    const image = new Image();
    image.onload = () => done(loaded.add(url));
    image.onerror = done; // whoever shows it will say so
    image.src = url;
  });
}

// One picture after another, those of the current answer first: a picture that is there already is shown at once.
let round = 0;
async function loadAhead(items) {
  const own = ++round;
  for (const url of items.filter((item) => item.scan).flatMap((item) => [cropUrl(item), pageUrl(item)])) {
    if (own !== round) return;
    if (!loaded.has(url)) await load(url);
  }
}

// How many a minute over the last ten decisions, breaks of more than a minute left out.
function paceOf(times) {
  const last = times.slice(-11);
  let spent = 0;
  for (let i = 1; i < last.length; i++) spent += Math.min(last[i] - last[i - 1], 60_000);
  return last.length > 3 && spent ? ((last.length - 1) * 60_000) / spent : 0;
}

export function useWork({ survey, frame, lapsed, onLapsed }) {
  const [items, setItems] = useState(null); // null: not asked yet; the first is the current one
  const [empty, setEmpty] = useState(false); // the server had nothing to give
  const [message, setMessage] = useState('');
  const [other, setOther] = useState(null); // a disagreement to be decided
  const [times, setTimes] = useState([]);
  const history = useRef([]); // of this page: { item, decision }
  const current = useRef({});
  const claims = useRef(null);
  claims.current ??= new Claims();
  const active = useRef(Date.now());
  current.current = { items, frame, onLapsed };

  const fail = (error) => {
    if (error.status === 401) current.current.onLapsed();
    else if (error.status !== 0) setMessage(errorText(error));
  };
  const describe = (item, value) => ({
    serial: item.printed,
    question: questionName(questionOf(survey, item), item),
    value: valueWords(questionOf(survey, item), value),
  });

  // At once: another key or answer may come before the page is drawn.
  const put = (next) => {
    current.current.items = next;
    setItems(next);
  };
  const bringBack = (item) => {
    claims.current.back(item);
    put(first(item, current.current.items));
  };

  const outbox = useRef(null);
  outbox.current ??= new Outbox({
    onDone: (entry, data) => {
      if (data.waiting !== undefined) current.current.frame.setCounts(data);
      claims.current.left(entry.about);
      if (data.decision) history.current.push({ item: entry.about, decision: data.decision });
    },
    onRefused: (entry, error) => {
      const item = entry.about;
      if (error.id === 'settled-by-other') {
        claims.current.left(item);
        setOther({ item, value: entry.body.value, reason: entry.body.reason, theirs: error.data.other });
        return;
      }
      if (error.id === 'read-by-other') claims.current.left(item);
      else bringBack(item);
      setMessage(t('settle.refused', { ...describe(item, ''), message: errorText(error) }));
    },
    onState: (state) => current.current.frame.tell(state),
  });

  // What was on the screen went without this person: why.
  const tellGone = async (item) => {
    try {
      const { why, who } = await call('GET', `/api/review/gone/${encodeURIComponent(item.serial)}/${encodeURIComponent(item.question)}`);
      setMessage(t(`settle.gone.${why}`, { ...describe(item, ''), who }));
    } catch {
      setMessage(t('settle.gone.changed', describe(item, '')));
    }
  };

  // Takes what the server says is this person's; what is on its way is theirs no longer.
  const claim = useCallback(async () => {
    if (!claims.current.begin()) return;
    try {
      const data = await call('POST', '/api/review/claim', { page: pageId });
      current.current.frame.setCounts(data);
      const before = current.current.items ?? [];
      const next = claims.current.merge(before, data.items, (item) => outbox.current.holds((about) => about && keyOf(about) === keyOf(item)));
      if (before.length && !next.some((item) => keyOf(item) === keyOf(before[0]))) tellGone(before[0]);
      put(next);
      setEmpty(!next.length);
    } catch (error) {
      fail(error);
    }
    if (claims.current.end()) claim();
  }, []);

  useEffect(() => {
    if (lapsed) {
      put(null); // others may have been given it meanwhile
    } else {
      claim();
      outbox.current.send();
    }
  }, [lapsed, frame.changes]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (Date.now() - active.current < AWAY_MS) claim();
    }, ALIVE_MS);
    const leave = (event) => {
      if (outbox.current.entries.length) event.preventDefault();
    };
    // what is not settled goes to others at once
    const giveBack = () => call('POST', '/api/review/release', { page: pageId }, undefined, true).catch(() => {});
    window.addEventListener('beforeunload', leave);
    window.addEventListener('pagehide', giveBack);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', giveBack);
      window.removeEventListener('beforeunload', leave);
    };
  }, []);
  // what another person gave back
  const free = (frame.counts?.waiting ?? 0) - (frame.counts?.claimed ?? 0);
  useEffect(() => {
    if (items && !items.length && free > 0 && !lapsed) claim();
  }, [items?.length, free]);
  useEffect(() => {
    if (items) loadAhead(items.slice(0, AHEAD + 1));
  }, [items]);

  const leaveCurrent = () => {
    const [item, ...rest] = current.current.items;
    active.current = Date.now();
    claims.current.left(item);
    put(rest);
    if (!rest.length) setEmpty(false);
    if (rest.length < FEW) setTimeout(() => outbox.current.flushed().then(claim), 0);
    return item;
  };

  return {
    items,
    empty,
    message,
    other,
    pace: paceOf(times),
    done: times.length,
    answer(value, reason) {
      const item = leaveCurrent();
      outbox.current.add('/api/review/answer', { serial: item.serial, question: item.question, value, look: item.look, reason }, item);
      setTimes((before) => [...before, Date.now()]);
      setMessage(t('settle.lastdone', describe(item, value)));
    },
    refer(note) {
      const item = leaveCurrent();
      outbox.current.add('/api/review/refer', { serial: item.serial, question: item.question, note }, item);
      setMessage('');
    },
    skip() {
      active.current = Date.now();
      const [skipped, ...rest] = current.current.items;
      put([...rest, skipped]);
      setMessage('');
    },
    // The last decision of this page, or, after the page was loaded anew, this person's last one.
    async undo() {
      active.current = Date.now();
      await outbox.current.flushed();
      try {
        let last = history.current.pop();
        if (!last) last = (await call('GET', '/api/review/mine')).decisions.find((one) => one.kind === 'answer');
        if (!last) {
          setMessage(t('settle.nothingtoundo'));
          return;
        }
        const data = await call('POST', '/api/review/undo', { decision: last.decision });
        if (!data.item) return;
        bringBack(data.item);
        setTimes((before) => before.slice(0, -1));
        setMessage(t('settle.undone', describe(data.item, '')));
      } catch (error) {
        fail(error);
      }
    },
    keepTheirs() {
      setOther(null);
    },
    takeMine() {
      const { item, value, reason, theirs } = other;
      outbox.current.add('/api/review/answer', { serial: item.serial, question: item.question, value, look: item.look, reason, over: theirs.decision }, item);
      setOther(null);
    },
  };
}
