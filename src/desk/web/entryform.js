// The questions of one page as the paper has them, to be answered by keyboard: a digit marks an option, Enter goes on.
// Nothing is filled in beforehand, and what was left blank on the paper is said to be blank.
import { html, useEffect, useLayoutEffect, useRef, useState } from './html.js';
import { ReasonDialog } from './dialogs.js';
import { t } from './i18n.js';
import { readKey } from './keys.js';
import { joinValue, valueWords } from './values.js';

const isWritten = (question) => !question.options.length;

// What is said of the question so far, in words and a shape.
function Said({ question, value }) {
  if (value === undefined) return html`<p class="said open">○ ${t('enter.open.question')}</p>`;
  return html`<p class="said">✓ ${valueWords(question, value)}</p>`;
}

function Boxes({ question, value, several, onOption }) {
  const chosen = new Set((value ?? '').split('+'));
  return html`<ol class="options">${question.options.map((option, at) => html`<li key=${option.id}><button type="button" class=${chosen.has(option.id) ? 'option chosen' : 'option'}
    aria-pressed=${chosen.has(option.id)} onClick=${() => onOption(option.id)}><kbd>${at + 1}</kbd> ${option.label}</button></li>`)}</ol>
    ${several && html`<p class="hint">${t('settle.marking')}</p>`}`;
}

function Written({ question, name, value, current, onWrite, onNext }) {
  const input = useRef(null);
  // before the next key is read
  useLayoutEffect(() => {
    if (current) input.current.focus({ preventScroll: true });
  }, [current]);
  return html`<input ref=${input} name=${name} aria-label=${question.text || name} autocomplete="off" maxlength="2000" inputmode=${question.kind === 'digits' ? 'numeric' : undefined}
    value=${value === '?' ? '' : value ?? ''} onInput=${(event) => onWrite(event.target.value)} onKeyDown=${(event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      onNext();
    }} />`;
}

// Below each question what fits where no option does; keys where keys are read.
function Others({ question, run }) {
  const written = isWritten(question);
  const list = [['blank', '0'], ...(question.kind === 'one' ? [['several', 'M']] : []), ['unreadable', 'X']];
  return html`<div class="actions">${list.map(([word, key]) => html`<button type="button" key=${word} class="secondary" onClick=${() => run(word)}>
    ${t(`settle.${word}`)}${!written && html` <kbd>${key}</kbd>`}</button>`)}</div>`;
}

// `run(command)` and `onOption(id)` are of this question.
function Question({ name, question, value, current, several, onCurrent, onOption, onWrite, onNext, run }) {
  const place = useRef(null);
  useEffect(() => {
    if (current) place.current.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return html`<section ref=${place} class=${current ? 'question current' : 'question'} aria-current=${current ? 'true' : undefined} onFocusIn=${onCurrent} onClick=${onCurrent}>
    <h2>${question.number && `${t('settle.question', { number: question.number })}. `}${question.text || name}</h2>
    ${isWritten(question)
      ? html`<${Written} question=${question} name=${name} value=${value} current=${current} onWrite=${onWrite} onNext=${onNext} />`
      : html`<${Boxes} question=${question} value=${value} several=${several} onOption=${onOption} />`}
    ${current && html`<${Others} question=${question} run=${run} />`}
    <${Said} question=${question} value=${value} /></section>`;
}

// What was given so far, and what each key does to it. `questions`: ids; `form`: what they are.
function useAnswers({ form, questions, draft, onDraft }) {
  const [given, setGiven] = useState(draft ?? {});
  const [several, setSeveral] = useState(null); // the question several boxes of which are marked
  const [at, setAt] = useState(0); // of the current question; past the last: the button that sends
  const now = useRef({});
  now.current = { given, at, several };
  const give = (id, value) => {
    const { [id]: before, ...rest } = now.current.given;
    now.current.given = value === undefined ? rest : { ...rest, [id]: value };
    setGiven(now.current.given);
    onDraft(now.current.given);
  };
  const moveTo = (index) => {
    setSeveral(null);
    setAt(Math.max(0, Math.min(questions.length, index)));
  };
  const next = (index) => moveTo(index + 1);
  const isSeveral = (index) => several === index || form.questions[questions[index]].kind === 'many';
  const choose = (index, option) => {
    const id = questions[index];
    if (!isSeveral(index)) {
      give(id, option);
      next(index);
      return;
    }
    const chosen = new Set((now.current.given[id] ?? '').split('+'));
    if (!chosen.delete(option)) chosen.add(option);
    give(id, joinValue(form.questions[id], chosen) || undefined);
  };
  // Enter in an empty field says that it was left blank.
  const leave = (index) => {
    if (!(questions[index] in now.current.given)) give(questions[index], '');
    next(index);
  };
  const run = (index, command) => {
    const id = questions[index];
    if (command === 'several') setSeveral(several === index ? null : index);
    else if (command === 'blank' || command === 'unreadable' || command === 'refer') {
      give(id, command === 'blank' ? '' : '?');
      next(index);
    } else if (command === 'enter') {
      if (isWritten(form.questions[id])) leave(index);
      else if (id in now.current.given) next(index);
    } else if (command === 'escape') setSeveral(null);
    else if (command === 'undo') moveTo(index - 1);
  };
  return { given, at, isSeveral, give, moveTo, choose, run, leave };
}

export function EntryForm({ form, questions, draft, onDraft, onSend, fault }) {
  const answers = useAnswers({ form, questions, draft, onDraft });
  const { given, at } = answers;
  const [asks, setAsks] = useState(false);
  const button = useRef(null);
  const onKey = useRef(null);
  const left = questions.filter((id) => !(id in given)).length;
  const send = (event) => {
    event.preventDefault();
    if (!left) setAsks(true);
    else answers.moveTo(questions.findIndex((id) => !(id in given)));
  };
  useLayoutEffect(() => {
    if (at === questions.length) button.current.focus();
    else if (!isWritten(form.questions[questions[at]])) document.activeElement?.blur?.();
  }, [at]);

  onKey.current = (event) => {
    if (asks || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !event.target.closest?.('.picks')) {
      event.preventDefault();
      answers.moveTo(at + (event.key === 'ArrowDown' ? 1 : -1));
      return;
    }
    if (at === questions.length) return;
    const read = readKey(event, form.questions[questions[at]]);
    if (!read || event.repeat || read.command === 'accept') return;
    event.preventDefault();
    if (read.option) answers.choose(at, read.option);
    else answers.run(at, read.command);
  };
  useEffect(() => {
    const read = (event) => onKey.current(event);
    window.addEventListener('keydown', read);
    return () => window.removeEventListener('keydown', read);
  }, []);

  return html`<form class="entryform" onSubmit=${send}>
    <p class="hint">${t('enter.keys')}</p>
    ${questions.map((id, index) => html`<${Question} key=${id} name=${id} question=${form.questions[id]} value=${given[id]} current=${index === at}
      several=${answers.isSeveral(index)} onCurrent=${() => index !== at && answers.moveTo(index)} onOption=${(option) => answers.choose(index, option)}
      onWrite=${(text) => answers.give(id, text || undefined)} onNext=${() => answers.leave(index)} run=${(command) => answers.run(index, command)} />`)}
    <p class="fault" role="alert">${fault ? `⚠ ${fault}` : ''}</p>
    <div class="choices"><button type="submit" ref=${button}>${t('enter.send')}</button>
      <span class="hint" role="status">${left ? t('enter.left', { count: left }) : t('enter.whole')}</span></div>
    ${asks && html`<${ReasonDialog} title=${t('enter.why')} initial=${t('enter.reason')} onCancel=${() => setAsks(false)} onSend=${(reason) => {
      setAsks(false);
      onSend(given, reason);
    }} />`}
  </form>`;
}
