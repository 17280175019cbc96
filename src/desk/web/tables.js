// What every table can: be filtered by typing, and be copied into a spreadsheet.
import { html, useState } from './html.js';
import { t } from './i18n.js';

// A text without case, tones and marks: "dong" finds "Đồng".
export function plain(text) {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/gi, 'd').toLowerCase().replace(/\s+/g, ' ').trim();
}

// Whether every word of the filter stands in one of the texts.
export function fits(filter, ...texts) {
  const all = plain(texts.join(' '));
  return plain(filter).split(' ').every((word) => all.includes(word));
}

// One cell for a spreadsheet: on one line, and never taken for a formula.
function cellText(value) {
  if (typeof value === 'number') return String(value);
  const text = value.replace(/[\t\r\n]+/g, ' ');
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy');
  return undefined;
}

// `rows` gives the head and the rows when it is pressed; what came of it is told beside the button.
export function CopyButton({ rows }) {
  const [message, setMessage] = useState('');
  const copy = async () => {
    const table = rows();
    try {
      await copyText(table.map((row) => row.map(cellText).join('\t')).join('\r\n'));
      setMessage(t('copy.done', { count: table.length - 1 }));
    } catch {
      setMessage(t('copy.failed'));
    }
  };
  return html`<button type="button" class="secondary" onClick=${copy}>${t('copy.table')}</button>
    <span class="copied hint" role="status">${message}</span>`;
}

export function FilterField({ value, onChange }) {
  return html`<input type="search" class="filter" placeholder=${t('filter.text')} aria-label=${t('filter.text')} value=${value}
    onInput=${(event) => onChange(event.target.value)} />`;
}
