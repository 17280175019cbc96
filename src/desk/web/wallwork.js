// The work of the wall: what is claimed, its pictures with their hashes, what is marked, what is on its way. No markup.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { call, newKey } from './api.js';
import { keyOf } from './claims.js';
import { errorText, t } from './i18n.js';
import { Outbox } from './outbox.js';
import { questionName, questionOf, valueWords } from './values.js';
import { countOf, firstKind } from './wallkinds.js';

const pageId = newKey();
const ALIVE_MS = 60_000;
const AWAY_MS = 4 * 60_000;
// Pictures asked for at once.
const AT_ONCE = 4;

const boxesUrl = (item) => `/pictures/boxes/${encodeURIComponent(item.serial)}/${encodeURIComponent(item.question)}?scan=${item.scan}`;

// A picture as it is served, and the hash it is served under.
async function fetchPicture(item) {
  const response = await fetch(boxesUrl(item), { credentials: 'same-origin' });
  const hash = /"([0-9a-f]+)"/.exec(response.headers.get('ETag') ?? '')?.[1];
  if (!response.ok || !hash) throw new Error(String(response.status));
  const url = URL.createObjectURL(await response.blob());
  const image = new Image();
  image.src = url;
  await image.decode();
  return { url, hash };
}

// The pictures of what is claimed, in its order; those no longer needed are let go.
function usePictures(claimed) {
  const [pictures, setPictures] = useState(new Map());
  const [failed, setFailed] = useState(new Set());
  const own = useRef({ pictures: new Map(), busy: new Set(), wanted: [], dead: new Set() });
  const tell = () => {
    setPictures(new Map(own.current.pictures));
    setFailed(new Set(own.current.dead));
  };
  const next = useCallback(async () => {
    const { busy, wanted, dead } = own.current;
    const item = wanted.find((one) => !own.current.pictures.has(keyOf(one)) && !busy.has(keyOf(one)) && !dead.has(keyOf(one)));
    if (!item || busy.size >= AT_ONCE) return;
    const key = keyOf(item);
    busy.add(key);
    next();
    try {
      own.current.pictures.set(key, await fetchPicture(item));
    } catch {
      dead.add(key);
    }
    busy.delete(key);
    tell();
    next();
  }, []);
  useEffect(() => {
    const keys = new Set(claimed.map(keyOf));
    for (const [key, { url }] of own.current.pictures)
      if (!keys.has(key)) {
        URL.revokeObjectURL(url);
        own.current.pictures.delete(key);
      }
    own.current.wanted = claimed;
    next();
  }, [claimed]);
  const reload = (item) => {
    own.current.dead.delete(keyOf(item));
    tell();
    next();
  };
  return { pictures, failed, reload };
}

export function useWall({ survey, frame, lapsed, onLapsed }) {
  const [kinds, setKinds] = useState(null);
  const [kind, setKindState] = useState(null);
  const [claimed, setClaimed] = useState(null); // what is shown, and behind it what comes next
  const [size, setSizeState] = useState(Number(localStorage.getItem('phieu-wall')) || 80);
  const [marks, setMarks] = useState(new Map());
  const [message, setMessage] = useState('');
  const [round, setRound] = useState(0);
  const history = useRef([]); // decisions of this page, a list a wall
  const current = useRef({});
  const active = useRef(Date.now());
  const claiming = useRef(0);
  const shown = (claimed ?? []).filter((item) => item.area);
  const items = claimed && shown.slice(0, size);
  const { pictures, failed, reload } = usePictures(shown);
  current.current = { kind, size, frame, onLapsed, items, pictures };

  const fail = (error) => {
    if (error.status === 401) current.current.onLapsed();
    else if (error.status !== 0) setMessage(errorText(error));
  };
  // What there is of each kind; the answer for a kind that has run out is the next one's.
  const askKinds = useCallback(async () => {
    try {
      const data = await call('GET', '/api/wall');
      setKinds(data.kinds);
      setKindState((before) => (before && (countOf(data.kinds, before) || before.chosen) ? before : firstKind(data.kinds)));
    } catch (error) {
      fail(error);
    }
  }, []);
  const claim = useCallback(async (wanted, count) => {
    const own = ++claiming.current;
    try {
      const data = await call('POST', '/api/wall/claim', { page: pageId, count: 2 * count, ...wanted });
      if (own !== claiming.current) return;
      current.current.frame.setCounts(data);
      setClaimed(data.items);
    } catch (error) {
      fail(error);
    }
  }, []);

  const outbox = useRef(null);
  outbox.current ??= new Outbox({
    onDone: (entry, data) => {
      current.current.frame.setCounts(data);
      if (data.decisions.length) history.current.push(data.decisions);
      const told = data.others.map((other) => {
        const question = questionOf(survey, { form: entry.about.get(`${other.serial} ${other.question}`), question: other.question });
        const name = questionName(question, other);
        return other.blind ? t('wall.other.blind', { serial: other.printed, question: name }) : t('wall.other', { serial: other.printed, question: name, who: other.who, value: valueWords(question, other.value) });
      });
      setMessage([t('wall.done', { count: data.decisions.length }), ...told].join(' · '));
      askKinds();
    },
    onRefused: (entry, error) => {
      setMessage(t('wall.refused', { message: errorText(error) }));
      askKinds();
      claim(current.current.kind, current.current.size);
    },
    onState: (state) => current.current.frame.tell(state),
  });

  useEffect(() => {
    if (!lapsed) {
      askKinds();
      outbox.current.send();
    }
  }, [lapsed, frame.changes]);
  const wanted = kind && JSON.stringify({ ...kind, chosen: undefined });
  useEffect(() => {
    if (!kind || lapsed) return;
    setMarks(new Map());
    setRound((n) => n + 1);
    outbox.current.flushed().then(() => claim(JSON.parse(wanted), size));
  }, [wanted, size, lapsed]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (Date.now() - active.current < AWAY_MS && current.current.items?.length) call('POST', '/api/wall/claim', { page: pageId, count: 2 * current.current.size, ...current.current.kind }).catch(fail);
    }, ALIVE_MS);
    const leave = (event) => {
      if (outbox.current.entries.length) event.preventDefault();
    };
    const giveBack = () => call('POST', '/api/review/release', { page: pageId }, undefined, true).catch(() => {});
    window.addEventListener('beforeunload', leave);
    window.addEventListener('pagehide', giveBack);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', giveBack);
      window.removeEventListener('beforeunload', leave);
      outbox.current.flushed().then(giveBack);
    };
  }, []);

  const setMark = (item, mark) => {
    active.current = Date.now();
    setMarks((before) => {
      const next = new Map(before);
      if (mark === undefined) next.delete(keyOf(item));
      else next.set(keyOf(item), mark);
      return next;
    });
  };

  return {
    kinds,
    kind: kind ?? {},
    items,
    pictures,
    failed,
    reload,
    marks,
    message,
    round,
    size,
    keyOf,
    setKind: (next) => setKindState({ ...next, chosen: true }),
    // So many of what the machine is sure of come to be checked, and stand on the wall.
    async draw(count) {
      try {
        const data = await call('POST', '/api/wall/draw', { count });
        current.current.frame.setCounts(data);
        setMessage(t('wall.drawn', { count: data.drawn }));
        await askKinds();
        setKindState({ reason: 'DRAWN', chosen: true });
      } catch (error) {
        fail(error);
      }
    },
    setSize(next) {
      localStorage.setItem('phieu-wall', String(next));
      setSizeState(next);
    },
    // Otherwise than proposed, or as proposed after all.
    mark: (item) => setMark(item, marks.has(keyOf(item)) ? undefined : { value: null }),
    unmark: (item) => setMark(item, undefined),
    answer: (item, value) => setMark(item, value === item.value ? undefined : { value }),
    // Takes all that is shown, each as proposed or as it was marked; what is marked without an answer stays waiting.
    decide() {
      active.current = Date.now();
      const now = current.current.items;
      const answers = [];
      const forms = new Map();
      for (const item of now) {
        const mark = marks.get(keyOf(item));
        if (mark?.value === null) continue;
        answers.push({ serial: item.serial, question: item.question, value: mark ? mark.value : item.value, scan: item.scan, picture: pictures.get(keyOf(item)).hash });
        forms.set(keyOf(item), item.form);
      }
      const taken = new Set(now.map(keyOf));
      claiming.current += 1; // what is asked by now is older than this
      setClaimed((before) => before.filter((item) => !taken.has(keyOf(item))));
      setMarks(new Map());
      setRound((n) => n + 1);
      if (answers.length) outbox.current.add('/api/wall/decide', { answers }, forms);
      outbox.current.flushed().then(() => claim(current.current.kind, current.current.size));
    },
    // The last wall of this page.
    async undo() {
      active.current = Date.now();
      await outbox.current.flushed();
      const last = history.current.pop();
      if (!last) return setMessage(t('settle.nothingtoundo'));
      try {
        const data = await call('POST', '/api/wall/undo', { decisions: last });
        current.current.frame.setCounts(data);
        const back = new Set(data.items.map(keyOf));
        claiming.current += 1;
        setClaimed((before) => [...data.items, ...(before ?? []).filter((item) => !back.has(keyOf(item)))]);
        setRound((n) => n + 1);
        setMessage(t('wall.undone', { count: last.length }));
        askKinds();
      } catch (error) {
        history.current.push(last);
        fail(error);
      }
      return undefined;
    },
  };
}
