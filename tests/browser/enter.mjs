// Pages that no scan came of, entered by hand: a clerk and an operator, each off the paper, by keyboard; taken back, entered
// differently, and stopped by a scan that comes meanwhile.
//   node enter.mjs WORKSPACE SERIAL_LACKING SERIAL_UNSCANNED SCAN     SCAN is what the first one lacks
import { check, checkEverySize, checkLayout, finish, look, openBrowser, phieu, startDesk } from './lib.mjs';
import { sit } from './people.mjs';

const [workspace, lacking, unscanned, scan] = process.argv.slice(2);
const oneTime = {};
for (const [name, role] of [['thu', 'clerk'], ['lan', 'operator']]) oneTime[name] = (await phieu(workspace, ['account', 'add', name, '--roles', role])).trim();
const desk = await startDesk(workspace);
const browser = await openBrowser();

const sitAs = (name) => sit(browser, desk.address, name, oneTime[name], { width: 1366, height: 768, expected: [401, 404, 422] });
const currentName = (page) => page.evaluate(() => document.querySelector('.question.current h2')?.textContent ?? null);
const head = (page) => page.textContent('.picked h1');
// Every question by keyboard, as `digitOf(number of the question)` says; nothing was filled in before.
async function answerAll(page, digitOf = () => 1) {
  await page.waitForSelector('.entryform');
  check((await page.locator('.question .option.chosen').count()) === 0 && (await page.locator('.question .said:not(.open)').count()) === 0, 'nothing is filled in');
  const names = await page.$$eval('.question h2', (all) => all.map((one) => one.textContent));
  for (let at = 0; at < names.length; at++) {
    await page.waitForFunction((name) => document.querySelector('.question.current h2')?.textContent === name, names[at]);
    const boxes = await page.locator('.question.current .option').count();
    await page.keyboard.press(boxes ? String(digitOf(at)) : 'Enter');
    if (boxes && (await currentName(page)) === names[at]) await page.keyboard.press('Enter'); // several boxes may be marked
  }
  await page.waitForFunction(() => document.activeElement?.type === 'submit');
  return names;
}
async function send(page) {
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] input[name=note]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
}
// A key that leads to another question, once it has.
async function step(page, key) {
  const before = await currentName(page);
  await page.keyboard.press(key);
  await page.waitForFunction((name) => (document.querySelector('.question.current h2')?.textContent ?? null) !== name, before);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}
const told = (page, words) => page.waitForFunction((part) => document.querySelector('.decided')?.textContent.includes(part), words);
const enterable = (page) => page.waitForSelector('.entryform');

// ---- a page that a ballot lacks ----------------------------------------------------------------------------------------
const thu = await sitAs('thu');
await thu.goto(`${desk.address}#held`);
await thu.click('.picked a[href^="#enter/"]');
await enterable(thu);
const printed = (serial) => `${serial.slice(0, 6)}-${serial.slice(6)}`;
const serial = printed(lacking);
check((await head(thu)).includes(serial), `${serial} lacks a page: ${await head(thu)}`);
check((await thu.textContent('.whose')).includes('SNV'), 'whose ballot it is');
await checkEverySize(thu, 'a page to be entered', 'nhap-tay-trong');
const names = await answerAll(thu);
check(names.length > 2, `${names.length} questions on the page`);
// back to the last question with boxes, which the first person cannot read
let back = 0;
do {
  await step(thu, 'ArrowUp');
  back += 1;
} while (!(await thu.locator('.question.current .option').count()));
await step(thu, 'x');
for (; back > 1; back--) await step(thu, 'ArrowDown');
await thu.waitForFunction(() => document.activeElement?.type === 'submit');
check((await thu.locator('.said:has-text("không đọc được")').count()) === 1, 'an answer may be unreadable');
await look(thu, 'nhap-tay-du');
await thu.keyboard.press('Enter');
await thu.waitForSelector('dialog[open] input[name=note]');
await look(thu, 'nhap-tay-vi-sao');
await thu.fill('dialog[open] input[name=note]', '');
await thu.keyboard.press('Enter');
check(await thu.$('dialog[open]'), 'nothing is entered without a reason');
await thu.fill('dialog[open] input[name=note]', 'trang bị rách');
await thu.keyboard.press('Enter');
await told(thu, 'được tính khi một người khác cũng nhập');
await thu.waitForFunction(() => document.querySelector('.picked .why')?.textContent.includes('Bạn đã nhập trang này'));
check(!(await thu.$('.entryform')), 'one person enters a page once');
await checkEverySize(thu, 'a page that waits for another person', 'nhap-tay-cho-nguoi-thu-hai');

// ---- the second person, who sees nothing of it -------------------------------------------------------------------------
const lan = await sitAs('lan');
await lan.goto(`${desk.address}#enter`);
await enterable(lan);
check((await head(lan)).includes(serial), 'what waits for a second person comes first');
check((await lan.textContent('.note')).includes('bản của họ không hiện ở đây'), 'it is said that another person has entered it');
check(!(await lan.textContent('main')).includes('trang bị rách'), 'nothing of the other entry is shown');
await checkEverySize(lan, 'a page for the second person', 'nhap-tay-nguoi-thu-hai');
await answerAll(lan);
await send(lan);
await told(lan, '1 câu hai người nhập khác nhau'); // the last one, which the first could not read
await lan.waitForSelector('.enteredby li');
await checkEverySize(lan, 'a page that counts as entered', 'nhap-tay-duoc-tinh');
const waiting = async () => (await phieu(workspace, ['resolve', 'list'])).split('\n').filter((line) => line.includes('BY_HAND')).length;
check((await waiting()) === 1, 'it waits for a third person');
check((await lan.locator('.enteredby button').count()) === 1, 'an operator takes back their own entry alone');

// ---- taken back, and entered once more ---------------------------------------------------------------------------------
await thu.waitForFunction(() => document.querySelectorAll('.enteredby li').length === 2);
await thu.click('.enteredby li:has-text("thu") button');
await told(thu, 'Đã hoàn tác');
await enterable(thu);
await answerAll(thu);
await send(thu);
await told(thu, 'được tính theo bản nhập tay');
check((await waiting()) === 0, 'nothing waits where both entered the same');
check((await phieu(workspace, ['resolve', 'pages', serial])).includes('lan + thu') || (await phieu(workspace, ['resolve', 'pages', serial])).includes('thu + lan'), 'both stand for it');

// ---- a ballot of which nothing came ------------------------------------------------------------------------------------
const other = printed(unscanned);
for (const wrong of [`${other.slice(0, -1)}${other.endsWith('A') ? 'B' : 'A'}`, 'x']) {
  await thu.fill('.findballot input', wrong);
  await thu.keyboard.press('Enter');
  await thu.waitForFunction(() => document.querySelector('.picked .why')?.textContent.startsWith('✕'));
}
await checkLayout(thu, 'a number that is none');
await look(thu, 'nhap-tay-so-sai');
await thu.fill('.findballot input', other);
await thu.keyboard.press('Enter');
await enterable(thu);
const pages = await thu.locator('.picked .kinds button').count();
check(pages === 2, `the ballot has two pages: ${pages}`);
for (let page = 1; page <= pages; page++) {
  await thu.waitForFunction((number) => document.querySelector('.picked h1')?.textContent.includes(`trang ${number}`), page);
  await answerAll(thu);
  await send(thu);
  await told(thu, `trang ${page}: đã ghi`);
}
check((await phieu(workspace, ['status'], { PHIEU_LANG: 'en' })).match(/another person is to enter it/g)?.length === 2, 'both pages wait for another person');

// ---- a scan comes while somebody types ---------------------------------------------------------------------------------
await lan.goto(`${desk.address}#enter/${unscanned}/1`);
await enterable(lan);
await lan.keyboard.press('1');
check((await lan.locator('.question .option.chosen').count()) === 1, 'one is entered');
await lan.goto(`${desk.address}#enter/${unscanned}/2`);
await lan.waitForFunction(() => document.querySelector('.picked h1')?.textContent.includes('trang 2'));
check((await lan.locator('.question .option.chosen').count()) === 0, 'another page has nothing of it');
await lan.goto(`${desk.address}#enter/${unscanned}/1`);
await lan.waitForFunction(() => document.querySelector('.picked h1')?.textContent.includes('trang 1'));
check((await lan.locator('.question .option.chosen').count()) === 1, 'what was typed is still there');
await lan.reload(); // what was typed and not sent goes with the page
for (let page = 1; page <= pages; page++) {
  await lan.waitForFunction((number) => document.querySelector('.picked h1')?.textContent.includes(`trang ${number}`), page);
  await answerAll(lan);
  await send(lan);
  await told(lan, `trang ${page}: đã ghi và được tính theo bản nhập tay`);
}
await thu.goto(`${desk.address}#enter/${lacking}`);
await thu.waitForSelector('.enteredby');
await thu.click('.enteredby li:has-text("thu") button');
await enterable(thu);
await phieu(workspace, ['scan', scan]);
await thu.waitForFunction(() => document.querySelector('.picked .why')?.textContent.includes('đã có bản quét'));
check(!(await thu.$('.entryform')), 'it is no longer entered');
await look(thu, 'nhap-tay-co-ban-quet');
await thu.click('text=English');
await thu.waitForSelector('text=There is a scan of this page');
await checkEverySize(thu, 'in English', 'enter-english');

await browser.close();
await desk.kill('SIGTERM');
finish();
