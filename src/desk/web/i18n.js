// Words in the language chosen; numbers as that language writes them.
import vi from './i18n/vi.json';
import en from './i18n/en.json';

const words = { vi, en };
let language = localStorage.getItem('phieu-language') === 'en' ? 'en' : 'vi';
document.documentElement.lang = language;

export function currentLanguage() {
  return language;
}

export function setLanguage(wanted) {
  language = wanted;
  localStorage.setItem('phieu-language', wanted);
  document.documentElement.lang = wanted;
}

export function t(key, values = {}) {
  const text = words[language][key] ?? words.vi[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? formatValue(values[name]) : whole));
}

function formatValue(value) {
  return typeof value === 'number' ? formatNumber(value) : value;
}

export function formatNumber(value, digits = 0) {
  return new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

const UNITS = ['B', 'kB', 'MB', 'GB'];

export function formatSize(bytes) {
  let unit = 0;
  let value = bytes;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${formatNumber(value, unit && value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

// A moment as people write it: 08:15 28/11/2026.
export function formatMoment(iso) {
  return new Intl.DateTimeFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    hour: '2-digit', minute: '2-digit', day: '2-digit', month: '2-digit', year: 'numeric',
  }).format(new Date(iso));
}

// What the server says of an error, in the page's language where the page knows it.
export function errorText(error) {
  const known = words[language][`error.${error.id}`];
  if (known) return known;
  return error.message || words[language]['error.failed'];
}

export function reasonsText(reasons) {
  return reasons
    .split('+')
    .map((id) => words[language][`reason.${id}`])
    .filter(Boolean)
    .join('; ');
}
