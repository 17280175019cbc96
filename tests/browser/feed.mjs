// The clerk's side of the desk, end to end: the quota board and the list to chase, compared with what the commands say,
// while another heap is scanned.
//   node feed.mjs WORKSPACE MORE LAYOUT.json…     MORE: scans read while the board is open; LAYOUT: of the ballots printed
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { check, checkAxe, checkLayout, choosePassword, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';

const [workspace, more, ...layouts] = process.argv.slice(2);
const words = Object.fromEntries(
  ['vi', 'en'].map((language) => [language, JSON.parse(readFileSync(path.join(process.env.ROOT, `src/desk/web/i18n/${language}.json`), 'utf8'))]),
);
const numberOf = (text) => Number(/-?[\d.]+/.exec(text)?.[0].replaceAll('.', '') ?? 0);

async function status() {
  return JSON.parse(await phieu(workspace, ['status', '--json']));
}

// No word of the other language, no key without words.
async function checkWords(page, what) {
  const text = await page.evaluate(() => document.body.innerText);
  const ours = new Set(Object.values(words.vi));
  for (const word of Object.values(words.en)) {
    if (word.length > 5 && !word.includes('{') && !ours.has(word) && word !== words.en['top.language']) check(!text.includes(word), `${what}: English: ${word}`);
  }
  check(!/\b(quota|chase|asked|filter|copy|view|rail)\.[a-z]/.test(text), `${what}: a key without words`);
}

// ---- the board ---------------------------------------------------------------------------------------------------------
const KINDS = ['planned', 'issued', 'returned', 'good', 'missing'];

// Name and figures of every row of the board that is no unit; the last cell is the sum.
function rows(page, which = 'tbody tr:not(.unit)') {
  return page.$$eval(`table.quota ${which}`, (list) =>
    list.map((row) => ({
      name: row.querySelector('th').innerText.replace(/^[▸▾]\s*/, '').trim(),
      cells: [...row.querySelectorAll('td')].map((cell) => [...cell.querySelectorAll('.figures > span')].map((figure) => figure.lastChild.textContent)),
    })));
}

const asKinds = (counts) => ({ ...counts, good: counts.valid + counts.partly_valid });

async function shows(page, told) {
  const total = asKinds(told.total);
  const want = KINDS.map((kind) => total[kind]);
  await page.waitForFunction(
    (wanted) => {
      const found = [...document.querySelectorAll('.whole-survey > span:not(.bar):not(.hint) strong')].map((one) => Number(one.textContent.replace(/[^\d]/g, '')));
      return JSON.stringify(found) === wanted;
    },
    JSON.stringify(want),
  );
  const shown = await rows(page);
  const agencies = Object.values(told.agencies).map(asKinds);
  check(shown.length === agencies.length, `${shown.length} agencies are shown, ${agencies.length} there are`);
  agencies.forEach((counts, at) => {
    const have = shown[at].cells.at(-1).map(numberOf);
    const wanted = KINDS.map((kind) => counts[kind]);
    check(JSON.stringify(have) === JSON.stringify(wanted), `${shown[at].name}: ${have} shown, ${wanted} by status`);
  });
}

async function setFilter(page, text) {
  await page.fill('input.filter', text);
}

async function tryFilters(page, told) {
  await setFilter(page, 'SỞ y te'); // tones and case are left out
  await page.waitForFunction(() => document.querySelectorAll('table.quota tbody tr:not(.unit)').length === 1);
  check((await rows(page))[0].name === 'Sở Y tế', 'the filter finds the agency');
  await setFilter(page, 'phong noi vu, ubnd huyen cau ke');
  await page.waitForSelector('table.quota tr.unit');
  const units = await rows(page, 'tr.unit');
  check(units.length === 1 && units[0].name.startsWith('Phòng Nội vụ'), `a unit is found by its name: ${units.map((unit) => unit.name)}`);
  await setFilter(page, 'không có nơi nào');
  await page.waitForSelector('.nothing');
  await page.click('.nothing button');
  await page.check('label.check input');
  const short = Object.values(told.agencies).filter((counts) => counts.missing).length;
  check((await rows(page)).length === short, `${short} agencies lack ballots`);
  await page.uncheck('label.check input');
}

async function unfold(page, told) {
  await page.click('button.unfold >> nth=0');
  const units = await rows(page, 'tr.unit');
  const cells = told.cells.filter((cell) => cell.agency === 'SNV');
  check(units.length === new Set(cells.map((cell) => cell.origin)).size, `${units.length} units of the first agency`);
  const sum = units.reduce((all, unit) => all + numberOf(unit.cells.at(-1)[4]), 0);
  check(sum === told.agencies.SNV.missing, `${sum} missing over its units`);
}

async function copyTable(page, told) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.click('text=Chép bảng');
  await page.waitForFunction(() => document.querySelector('.copied')?.textContent);
  const [head, ...copied] = (await page.evaluate(() => navigator.clipboard.readText())).split(/\r?\n/).map((line) => line.split('\t'));
  const at = Object.fromEntries(head.map((name, i) => [name, i]));
  check(copied.length === told.cells.length && copied.every((row) => row.length === head.length), `${copied.length} rows are copied`);
  for (const [kind, name] of [['planned', 'Chỉ tiêu'], ['valid', 'Hợp lệ hoàn toàn'], ['missing', 'Còn thiếu']]) {
    const sum = copied.reduce((all, row) => all + Number(row[at[name]]), 0);
    check(sum === told.total[kind], `${name} copied: ${sum}, by status ${told.total[kind]}`);
  }
}

async function everywhere(page, what) {
  for (const [width, height] of [[1280, 800], [1920, 1080]]) {
    for (const dark of [false, true]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await checkAxe(page, `${what} ${width} ${dark ? 'dark' : 'light'}`);
      await checkLayout(page, `${what} ${width}`);
      await look(page, `${what}-${width}-${dark ? 'toi' : 'sang'}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
  await checkWords(page, what);
}

// ---- the list to chase -----------------------------------------------------------------------------------------------
async function chase(page, told) {
  await page.click('text=Danh sách cần đôn đốc');
  await page.waitForSelector('.sheet');
  const sheets = await page.$$eval('.sheet', (list) =>
    list.map((sheet) => ({ text: sheet.innerText, missing: Number(sheet.querySelector('.sum strong').textContent), numbers: [...sheet.querySelectorAll('.numbers')].map((one) => one.innerText) })));
  const owing = new Map();
  for (const cell of told.cells) if (cell.missing) owing.set(cell.origin, (owing.get(cell.origin) ?? 0) + cell.missing);
  check(sheets.length === owing.size, `${sheets.length} sheets, ${owing.size} units lack ballots`);
  for (const [code, missing] of owing) {
    const sheet = sheets.find((one) => one.text.includes(`(${code})`));
    check(sheet?.missing === missing, `${code}: ${sheet?.missing} on its sheet, ${missing} by status`);
  }
  await checkNumbers(sheets, told);
  await everywhere(page, 'don-doc');
  const pdf = path.join(workspace, 'chase.pdf');
  await page.pdf({ path: pdf, preferCSSPageSize: true });
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))[1]);
  check(pages === sheets.length, `${pages} pages are printed for ${sheets.length} units`);
  if (process.env.PICTURES) copyFileSync(pdf, path.join(process.env.PICTURES, 'don-doc.pdf'));
  await page.click('text=Về bảng chỉ tiêu');
  await page.waitForSelector('table.quota');
}

// The numbers named are those printed for cells that lack ballots, without those of which an answer is there.
async function checkNumbers(sheets, told) {
  const file = path.join(workspace, 'answers.csv');
  await phieu(workspace, ['export', 'answers', '-o', file]);
  const returned = new Set(readFileSync(file, 'utf8').split(/\r?\n/).map((line) => line.split(',')[0].replace('-', '')));
  const short = new Set(told.cells.filter((cell) => cell.missing).map((cell) => `${cell.group} ${cell.agency} ${cell.origin}`));
  const out = layouts.flatMap((layout) => JSON.parse(readFileSync(layout, 'utf8')).pages)
    .filter((one) => short.has(`${one.group} ${one.agency} ${one.origin}`))
    .map((one) => one.serial.replace('-', ''))
    .filter((serial) => !returned.has(serial));
  const wanted = [...new Set(out.map((serial) => Number(serial.slice(0, 6))))].sort((a, b) => a - b);
  const named = sheets.flatMap((sheet) => sheet.numbers).flatMap((text) => {
    const [first, last = first] = text.match(/\d{6}-\w/g).map((serial) => Number(serial.slice(0, 6)));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }).sort((a, b) => a - b);
  check(wanted.length > 0 && JSON.stringify(named) === JSON.stringify(wanted), `numbers named: ${named}; out: ${wanted}`);
}

// ---- the walk ------------------------------------------------------------------------------------------------------
const desk = await startDesk(workspace);
const browser = await openBrowser();
const oneTime = (await phieu(workspace, ['account', 'add', 'thu', '--roles', 'clerk'])).trim();
const page = await sitDown(browser);
await signIn(page, desk.address, 'thu', oneTime);
await page.waitForSelector('input[name=old]');
await choosePassword(page, oneTime, 'ba con mèo nhỏ');
await page.click('nav.tabs a[href="#quota"]');
await page.waitForSelector('main.board .whole-survey');

let told = await status();
await shows(page, told);
await everywhere(page, 'chi-tieu');
await tryFilters(page, told);
await unfold(page, told);
await everywhere(page, 'chi-tieu-mo');
await copyTable(page, told);
await chase(page, told);

// While another heap is scanned nothing is asked of the person, and nothing jumps.
await page.waitForSelector('tr.unit');
const scroll = await page.$eval('.view', (view) => (view.scrollTop = 300));
await phieu(workspace, ['scan', more]);
const before = told.total.returned;
told = await status();
check(told.total.returned > before, 'more came back');
await shows(page, told);
check((await page.$eval('.view', (view) => view.scrollTop)) === scroll, 'the board stays where it was');
check((await page.$$('tr.unit')).length > 0, 'what was unfolded stays so');
await page.click('text=English');
await page.waitForSelector('text=Ballots returned against the quota');
await checkLayout(page, 'in English');

await browser.close();
await desk.kill('SIGTERM');
finish();
