// Pages entered by hand: what two people entered differently is shown to a third, who decides for a reason and takes it
// back; a clerk chooses between a scan and the entry of the same page.
//   node entered.mjs WORKSPACE SERIAL SERIAL_SCANNED SCAN
import { check, checkAxe, checkEverySize, checkLayout, choosePassword, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';
import { operators, sit } from './people.mjs';

const [workspace, , scanned, scan] = process.argv.slice(2);
const passwords = await operators(workspace, ['lan', 'minh', 'hoa']);
const clerk = (await phieu(workspace, ['account', 'add', 'thu', '--roles', 'clerk'])).trim();
const waiting = async () => (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length - 1;
check((await waiting()) === 4, 'two answers of each ballot wait, and nothing else');
const desk = await startDesk(workspace);
const browser = await openBrowser();
const sitAs = (name) => sit(browser, desk.address, name, passwords[name]);


// ---- a third person decides -------------------------------------------------------------------------------------------
// One of the two is not asked.
const lan = await sitAs('lan');
await lan.waitForSelector('main.empty');
check((await lan.textContent('main.empty')).includes('4'), 'what waits for others is told');

const hoa = await sitAs('hoa');
const shown = () => hoa.evaluate(() => `${document.querySelector('.where strong')?.textContent} ${document.querySelector('.asked h1')?.textContent}`);
async function seen() {
  await hoa.waitForSelector('.entries, main.empty');
  await hoa.waitForTimeout(200); // as long as an eye needs
}
// The dialog takes the reason that stands in it, or `words`.
async function reason(words) {
  await hoa.waitForSelector('dialog[open] input[name=note]');
  if (words !== undefined) await hoa.fill('dialog[open] input[name=note]', words);
  await hoa.keyboard.press('Enter');
}
async function decide(key) {
  await seen();
  const before = await shown();
  await hoa.keyboard.press(key);
  await reason();
  await hoa.waitForFunction((old) => `${document.querySelector('.where strong')?.textContent} ${document.querySelector('.asked h1')?.textContent}` !== old, before);
}
await seen();
const both = await hoa.$$eval('.entry', (entries) => entries.map((entry) => entry.innerText.replace(/\s+/g, ' ')));
check(both.length === 2 && both[0].includes('lan') && both[1].includes('minh'), `both are named: ${both}`);
check(both.every((entry) => /\d\d:\d\d \d\d\/\d\d\/\d{4}/.test(entry)), `and when: ${both}`);
check((await hoa.textContent('.look')).includes('không có bản quét'), 'it is said that there is no scan');
check(!(await hoa.$('.picture')) && !(await hoa.$('.scanpic')), 'no picture is shown');
await checkEverySize(hoa, 'two entries', 'nhap-tay-hai-ban');
const first = await shown();
await hoa.keyboard.press('1');
await hoa.waitForSelector('dialog[open]');
await look(hoa, 'nhap-tay-ly-do');
await checkAxe(hoa, 'the reason');
await hoa.fill('dialog[open] input[name=note]', '');
await hoa.keyboard.press('Enter');
check(await hoa.$('dialog[open]'), 'nothing is decided without a reason');
await hoa.keyboard.press('Escape');
await hoa.waitForSelector('dialog', { state: 'detached' });
check((await shown()) === first, 'nor when it is called off');
await decide('1');
check((await shown()) !== first, 'the next one comes');
await hoa.keyboard.press('z');
await hoa.waitForFunction((old) => `${document.querySelector('.where strong')?.textContent} ${document.querySelector('.asked h1')?.textContent}` === old, first);
check((await waiting()) === 4, 'it waits again');
await decide('1');
await seen();
// the second question, taken over from one of the two as it was entered: left blank
await hoa.click('.entry:nth-child(2) button');
await reason();
await hoa.waitForFunction(() => document.querySelector('.message')?.textContent.includes('để trống'));
await seen();
await hoa.click('text=English');
await hoa.waitForSelector('text=This page has no scan');
await checkLayout(hoa, 'two entries in English');
await hoa.click('text=Tiếng Việt');
check((await waiting()) === 2, 'two are decided');

// ---- a clerk chooses between the entry and a scan ---------------------------------------------------------------------
await phieu(workspace, ['scan', scan]);
await hoa.waitForFunction(() => document.querySelector('.message')?.textContent.includes('Vừa có bản quét của trang này'));
await look(hoa, 'nhap-tay-vua-co-ban-quet');
const thu = await sitDown(browser);
await signIn(thu, desk.address, 'thu', clerk);
await choosePassword(thu, clerk, 'ba con mèo nhỏ');
await thu.waitForSelector('main.feed');
await thu.goto(`${desk.address}#held`);
const listed = (page) => page.locator('.picklist li').count();
await thu.waitForSelector('.picklist li');
await thu.click('.kinds button:has-text("Quét trùng")');
await thu.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
await thu.waitForFunction(() => [...document.querySelectorAll('.scanpic img')].length > 0 && [...document.querySelectorAll('.scanpic img')].every((image) => image.complete && image.naturalWidth > 0));
const cells = await thu.textContent('table.readings');
check(cells.includes('Bản nhập tay') && cells.includes('hai người nhập khác nhau'), `both stand side by side: ${cells}`);
const entry = await thu.textContent('.scanpics .entry');
check(entry.includes('lan') && entry.includes('minh'), `who entered it: ${entry}`);
await checkEverySize(thu, 'a scan and an entry', 'phieu-quet-va-nhap');
async function choose(at) {
  await thu.click(`.scanpics > div:nth-child(${at}) > button`);
  await thu.waitForSelector('dialog[open] input[name=note]');
  await thu.keyboard.press('Enter');
  await thu.waitForFunction(() => ![...document.querySelectorAll('.picklist li')].some((one) => one.textContent.includes('Quét trùng')));
}
await choose(2);
check((await thu.textContent('.decided')).includes('tính bản nhập tay'), 'what was decided is said');
await thu.click('.decided button');
await thu.waitForFunction(() => [...document.querySelectorAll('.picklist li')].some((one) => one.textContent.includes('Quét trùng')));
await thu.click('.kinds button:has-text("Quét trùng")');
await thu.waitForSelector('.scanpics .entry');
await choose(2);
check((await phieu(workspace, ['resolve', 'pages', scanned])).includes('H1'), 'the entry is listed');

// ---- its answers are decided beside the scan that does not count ------------------------------------------------------
await seen();
await hoa.waitForSelector('.scanpic img');
await hoa.waitForFunction(() => document.querySelector('.scanpic img').naturalWidth > 0);
check((await hoa.textContent('.look')).includes('bản quét bên cạnh'), 'the scan is spoken of');
await checkEverySize(hoa, 'two entries beside a scan', 'nhap-tay-canh-ban-quet');
await decide('1');
await decide('2');
await hoa.waitForSelector('main.empty');
check((await waiting()) === 0, 'nothing waits');
await phieu(workspace, ['verify']);
console.log('four answers entered differently decided by a third person');
await browser.close();
await desk.kill('SIGTERM');
finish();
