// The operator's work: what is claimed, what was decided, what is on its way. No markup here.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { call, newKey } from './api.js';
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

const keyOf = (item) => `${item.serial} ${item.question}`;

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
  for (const url of items.flatMap((item) => [cropUrl(item), pageUrl(item)])) {
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
  const [message, setMessage] = useState('');
  const [other, setOther] = useState(null); // a disagreement to be decided
  const [times, setTimes] = useState([]);
  const history = useRef([]); // of this page: { item, decision }
  const current = useRef({});
  const claiming = useRef(false);
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

  const outbox = useRef(null);
  outbox.current ??= new Outbox({
    onDone: (entry, data) => {
      if (data.waiting !== undefined) current.current.frame.setCounts(data);
      if (data.decision) history.current.push({ item: entry.about, decision: data.decision });
    },
    onRefused: (entry, error) => {
      const item = entry.about;
      if (error.id === 'settled-by-other') {
        setOther({ item, value: entry.body.value, theirs: error.data.other });
        return;
      }
      if (error.id !== 'read-by-other') setItems((before) => [item, ...(before ?? []).filter((one) => keyOf(one) !== keyOf(item))]);
      setMessage(t('settle.refused', { ...describe(item, ''), message: errorText(error) }));
    },
    onState: (state) => current.current.frame.tell(state),
  });

  // Takes what the server says is this person's; what is on its way is theirs no longer.
  const claim = useCallback(async () => {
    if (claiming.current) return;
    claiming.current = true;
    try {
      const data = await call('POST', '/api/review/claim', { page: pageId });
      current.current.frame.setCounts(data);
      const given = data.items.filter((item) => !outbox.current.holds((about) => about && keyOf(about) === keyOf(item)));
      setItems((before) => {
        const known = new Map(given.map((item) => [keyOf(item), item]));
        const kept = (before ?? []).filter((item) => known.has(keyOf(item)));
        const had = before?.[0];
        if (had && !known.has(keyOf(had))) setMessage(t('settle.gone'));
        kept.forEach((item) => known.delete(keyOf(item)));
        return [...kept, ...known.values()];
      });
    } catch (error) {
      fail(error);
    }
    claiming.current = false;
  }, []);

  useEffect(() => {
    if (!lapsed) {
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
    current.current.items = rest; // at once: another key may come before the page is drawn
    setItems(rest);
    if (rest.length < FEW) setTimeout(() => outbox.current.flushed().then(claim), 0);
    return item;
  };

  return {
    items,
    message,
    other,
    pace: paceOf(times),
    done: times.length,
    answer(value) {
      const item = leaveCurrent();
      outbox.current.add('/api/review/answer', { serial: item.serial, question: item.question, value, look: item.look }, item);
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
      setItems(([first, ...rest]) => [...rest, first]);
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
        setItems((before) => [data.item, ...(before ?? []).filter((one) => keyOf(one) !== keyOf(data.item))]);
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
      const { item, value, theirs } = other;
      outbox.current.add('/api/review/answer', { serial: item.serial, question: item.question, value, look: item.look, over: theirs.decision }, item);
      setOther(null);
    },
  };
}
