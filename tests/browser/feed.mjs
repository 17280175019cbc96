// The clerk's side of the desk, end to end: the quota board, the list to chase and the batches, compared with what the commands say,
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
  const key = /\b(quota|chase|batch|batches|asked|filter|copy|view|rail)\.[a-z]/.exec(text);
  check(!key, `${what}: a key without words: ${key}`);
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

// What was copied from the table of this page: the rows by the names of the head.
async function takeCopy(page) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.click('text=Chép bảng');
  await page.waitForFunction(() => document.querySelector('.copied')?.textContent);
  const [head, ...lines] = (await page.evaluate(() => navigator.clipboard.readText())).split(/\r?\n/).map((line) => line.split('\t'));
  check(lines.every((line) => line.length === head.length), 'every row copied has all columns');
  return lines.map((line) => Object.fromEntries(line.map((text, i) => [`${head[i]}${head.indexOf(head[i]) === i ? '' : '-2'}`, text])));
}

async function copyTable(page, told) {
  const copied = await takeCopy(page);
  check(copied.length === told.cells.length, `${copied.length} rows are copied`);
  for (const [kind, name] of [['planned', 'Chỉ tiêu'], ['valid', 'Hợp lệ hoàn toàn'], ['missing', 'Còn thiếu']]) {
    const sum = copied.reduce((all, row) => all + Number(row[name]), 0);
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

// ---- the batches -------------------------------------------------------------------------------------------------------
const isFaulty = (batch) => batch.differs || batch.refused.length > 0;

async function batches(page, told) {
  const covered = told.batches.filter((batch) => batch.group);
  const faulty = covered.filter(isFaulty);
  check(faulty.length > 0 && faulty.length < covered.length, `the heap tries both: ${faulty.length} of ${covered.length} batches`);
  await page.click('nav.tabs >> text=Lô phiếu');
  await page.waitForSelector('table.batches');
  await everywhere(page, 'lo');
  const copied = await takeCopy(page);
  const have = copied.map((row) => [row['Mã'], row['Nhóm'], row['Bìa ghi'], row['Tìm thấy'], row['Còn thiếu'], row['Trang đọc được']].join(' ')).sort();
  const want = told.batches.filter((batch) => batch.group || batch.pages_read).map((batch) => [batch.agency, batch.group, batch.expected, batch.found, batch.missing, batch.pages_read].join(' ')).sort();
  check(JSON.stringify(have) === JSON.stringify(want), `batches copied: ${have.join('; ')}, by status ${want.join('; ')}`);
  const whole = covered.length - faulty.length;
  check((await page.$$('.state.faulty')).length === faulty.length, `${faulty.length} batches are marked`);
  check((await page.textContent('table.batches button.unfold')).includes(`${whole} lô đủ`), `${whole} whole batches stand behind one line`);
  await page.click('table.batches button.unfold');
  check((await page.$$('table.batches tbody th a')).length === covered.length, 'unfolded, every batch is there');
  await page.click('table.batches button.unfold');
  await page.check('label.check input');
  check(!(await page.$('table.batches button.unfold')), 'only those to look at');
  await page.uncheck('label.check input');
  await oneBatch(page, faulty.find((batch) => batch.absent_count));
}

// One that lacks ballots: its pages add up, and those that never came back are named.
async function oneBatch(page, batch) {
  const at = batch.covers[0];
  await page.click(`table.batches tbody tr:has-text("${at.file}, trang ${at.page}") a`);
  await page.waitForSelector('article.batch .account');
  const [total, ...parts] = (await page.textContent('.account >> nth=0')).match(/\d+/g).map(Number);
  check(total === parts.reduce((sum, part) => sum + part, 0) && parts[0] === batch.pages_read, `the pages add up: ${total} = ${parts}`);
  const [found, expected, missing] = (await page.textContent('.account >> nth=1')).match(/\d+/g).map(Number);
  check(found === batch.found && expected === batch.expected && missing === batch.missing, `ballots ${found} / ${expected}, ${missing} missing`);
  const named = await page.$$eval('ul.serials >> nth=0', ([list]) => list.innerText.match(/\d{6}-\w/g).map((serial) => serial.replace('-', '')));
  check(JSON.stringify(named) === JSON.stringify(batch.absent), `never came back: ${named}, by status ${batch.absent}`);
  await everywhere(page, 'mot-lo');
  await page.goto(`${page.url().split('#')[0]}#batches/999999999`);
  await page.waitForSelector('text=Lô này không còn');
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
  // whatever the letters of the machine are
  for (const wider of ['normal', '0.05em']) {
    await page.evaluate((spacing) => (document.documentElement.style.letterSpacing = spacing), wider);
    await page.fill('input.filter', 'không có đơn vị nào');
    await page.waitForSelector('.sheet', { state: 'detached' });
    await page.fill('input.filter', '');
    await page.waitForSelector('.sheet');
    await onePageEach(page, sheets.length);
  }
  await page.evaluate(() => (document.documentElement.style.letterSpacing = ''));
  await page.click('text=Về bảng chỉ tiêu');
  await page.waitForSelector('table.quota');
}

async function onePageEach(page, units) {
  const pdf = path.join(workspace, 'chase.pdf');
  await page.pdf({ path: pdf, preferCSSPageSize: true });
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))[1]);
  check(pages === units, `${pages} pages are printed for ${units} units`);
  if (process.env.PICTURES) copyFileSync(pdf, path.join(process.env.PICTURES, 'don-doc.pdf'));
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
const page = await sitDown(browser, { expected: [401, 404] });
await signIn(page, desk.address, 'thu', oneTime);
await page.waitForSelector('input[name=old]');
await choosePassword(page, oneTime, 'ba con mèo nhỏ');
await page.click('nav.tabs a[href="#batches"]');
await page.waitForSelector('table.batches');
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
await batches(page, told);

// While another heap is scanned nothing is asked of the person, and nothing jumps.
await page.click('nav.tabs >> text=Chỉ tiêu');
await page.click('button.unfold >> nth=0');
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
