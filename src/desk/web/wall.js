// The wall: many answers of one kind at once, the most doubtful first. What is otherwise is marked; Enter takes the rest
// as proposed.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from './html.js';
import { formatNumber, t } from './i18n.js';
import { Enlarged } from './enlarged.js';
import { Draw } from './walldraw.js';
import { Filters } from './wallkinds.js';
import { WallCell } from './wallcell.js';
import { readKey } from './keys.js';
import { useWall } from './wallwork.js';
import { questionOf } from './values.js';

export const SIZES = [40, 80, 120, 200];
// The least time a cell must have been in view before it can be taken.
const SEEN_MS = 120;

// Which cells have been in view long enough, with their picture there; `ready(key)` says whether it is.
function useSeen(ready) {
  const own = useRef({ seen: new Set(), timers: new Map(), watcher: null });
  if (!own.current.watcher) {
    const { seen, timers } = own.current;
    own.current.watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const { key } = target.dataset;
        clearInterval(timers.get(key));
        timers.delete(key);
        if (!isIntersecting || seen.has(key)) continue;
        let since = 0;
        timers.set(key, setInterval(() => {
          if (!own.current.ready(key)) since = 0;
          else if (!since) since = performance.now();
          else if (performance.now() - since >= SEEN_MS) {
            seen.add(key);
            clearInterval(timers.get(key));
            timers.delete(key);
          }
        }, SEEN_MS / 2));
      }
    }, { threshold: 0.6 });
  }
  own.current.ready = ready;
  useEffect(() => () => {
    own.current.watcher.disconnect();
    own.current.timers.forEach(clearInterval);
  }, []);
  return {
    has: (key) => own.current.seen.has(key),
    forget: (key) => own.current.seen.delete(key),
    watch: (element) => element && own.current.watcher.observe(element),
  };
}

// How many cells stand in a row of the grid.
function columnsOf(grid) {
  return Math.max(1, getComputedStyle(grid).gridTemplateColumns.split(' ').length);
}

function Buttons({ rest, others, run }) {
  return html`<div class="wallbuttons">
    <button type="button" onClick=${() => run('enter')} disabled=${rest + others === 0}>${t('wall.take', { count: rest })} <kbd>Enter</kbd></button>
    <button type="button" class="secondary" onClick=${() => run('undo')}>${t('wall.undo')} <kbd>Z</kbd></button>
    <p class="hint">${t('wall.keys')}</p></div>`;
}

export function Wall({ survey, frame, lapsed, onLapsed }) {
  const wall = useWall({ survey, frame, lapsed, onLapsed });
  const [cursor, setCursor] = useState(0);
  const [enlarged, setEnlarged] = useState(false);
  const [hint, setHint] = useState('');
  const grid = useRef(null);
  const onKey = useRef(null);
  const seen = useSeen((key) => wall.pictures.has(key));
  const items = wall.items ?? [];
  const at = Math.min(cursor, Math.max(0, items.length - 1));
  const item = items[at];

  useLayoutEffect(() => {
    setCursor(0);
    setHint('');
    document.activeElement?.blur?.(); // a button pressed for the wall before is not pressed by the next key
    grid.current?.closest('.view')?.scrollTo({ top: 0 });
  }, [wall.round]);

  const go = (to) => {
    const next = Math.max(0, Math.min(items.length - 1, to));
    setCursor(next);
    grid.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const take = () => {
    const unseen = items.findIndex((one) => !seen.has(wall.keyOf(one)));
    if (unseen < 0) {
      items.forEach((one) => seen.forget(wall.keyOf(one)));
      return wall.decide();
    }
    const left = items.filter((one) => !seen.has(wall.keyOf(one))).length;
    setHint(t('wall.unseen', { count: left }));
    return go(unseen);
  };
  const commands = {
    enter: take,
    undo: wall.undo,
    accept: () => item && wall.mark(item),
    blank: () => item && wall.answer(item, ''),
    unreadable: () => item && wall.answer(item, '?'),
    enlarge: () => item && setEnlarged(true),
    escape: () => item && wall.unmark(item),
  };
  const run = (command) => {
    setHint('');
    commands[command]?.();
  };
  onKey.current = (event) => {
    if (lapsed || enlarged) return;
    if (event.target.closest?.('input, textarea, select, dialog')) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columnsOf(grid.current ?? document.body), ArrowDown: columnsOf(grid.current ?? document.body) };
    if (event.key in steps && items.length && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      go(at + steps[event.key]);
      return;
    }
    const read = readKey(event, item ? questionOf(survey, item) : { options: [] });
    if (!read || event.repeat) return;
    event.preventDefault();
    if (read.option) wall.answer(item, read.option);
    else run(read.command);
  };
  useEffect(() => {
    const read = (event) => onKey.current(event);
    window.addEventListener('keydown', read);
    return () => window.removeEventListener('keydown', read);
  }, []);

  const cells = useMemo(() => items.map((one) => wall.keyOf(one)), [items]);
  if (!wall.kinds) return html`<p class="loading" aria-busy="true">${t('loading')}</p>`;
  const others = wall.marks.size;
  return html`<main class="wall">
    <header class="tools"><h1>${t('wall.title')}</h1>
      <${Draw} onDraw=${wall.draw} />
      <label class="inline">${t('wall.size')} <select value=${wall.size} onChange=${(event) => { wall.setSize(Number(event.target.value)); event.target.blur(); }}>
        ${SIZES.map((size) => html`<option key=${size} value=${size}>${formatNumber(size)}</option>`)}</select></label></header>
    <${Filters} survey=${survey} kinds=${wall.kinds} kind=${wall.kind} onKind=${wall.setKind} />
    ${items.length > 0 && html`<${Buttons} rest=${items.length - others} others=${others} run=${run} />`}
    <p class="message" role="status">${hint || wall.message}</p>
    ${wall.items && !items.length && html`<p class="nothing">${wall.kinds.length ? t('wall.kinddone') : `✓ ${t('wall.empty')}`}</p>`}
    <div class="cells" ref=${grid} role="listbox" aria-multiselectable="true" aria-label=${t('wall.title')} aria-activedescendant=${item ? `cell-${at}` : undefined} tabindex="0">
      ${items.map((one, index) => html`<${WallCell} key=${cells[index]} id=${`cell-${index}`} keyName=${cells[index]} item=${one} question=${questionOf(survey, one)}
        picture=${wall.pictures.get(cells[index])} failed=${wall.failed.has(cells[index])} mark=${wall.marks.get(cells[index])} current=${index === at}
        watch=${seen.watch} onPress=${() => { setCursor(index); wall.mark(one); }} onReload=${() => wall.reload(one)} />`)}
    </div>
    ${enlarged && item && html`<${Enlarged} item=${item} onClose=${() => setEnlarged(false)} />`}
  </main>`;
}
