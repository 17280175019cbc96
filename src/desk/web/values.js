// Values of answers: option ids joined by '+', '' for blank, '?' for unreadable.
import { t } from './i18n.js';

export function questionOf(survey, item) {
  return survey.forms[item.form]?.questions[item.question] ?? { number: '', text: '', kind: 'one', options: [] };
}

export function valueWords(question, value) {
  if (value === '') return t('value.blank');
  if (value === '?') return t('value.unreadable');
  return value
    .split('+')
    .map((id) => question.options.find((option) => option.id === id)?.label ?? id)
    .join(' + ');
}

// Chosen options in the order of the scale.
export function joinValue(question, chosen) {
  return question.options
    .map((option) => option.id)
    .filter((id) => chosen.has(id))
    .join('+');
}

// What a question is called in a sentence: its number, or its words where it has none.
export function questionName(question, item) {
  return question.number || (question.text ? `«${question.text}»` : item.question);
}
