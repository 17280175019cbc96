// The second look, end to end: a small group's answers are read by two people who are told nothing of each other, a
// third decides where they differ, and the page that compares them says how far they agree.
//   node look.mjs WORKSPACE     leaves WORKSPACE/agreement.txt: "answers alike" of the pair
import { writeFileSync } from 'node:fs';
import { check, checkAxe, checkLayout, finish, look, openBrowser, phieu, startDesk } from './lib.mjs';
import { operators, seen, sit } from './people.mjs';

const [workspace] = process.argv.slice(2);
const waiting = (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length - 1;
check(waiting >= 4, `enough waits: ${waiting}`);

const passwords = await operators(workspace, ['lan', 'minh', 'hoa']);
const desk = await startDesk(workspace);
const browser = await openBrowser();
const sitAs = (name) => sit(browser, desk.address, name, passwords[name]);
// The picture of what is asked; null when nothing is.
async function shown(page) {
  await seen(page);
  return page.evaluate(() => document.querySelector('.asked > .picture img')?.src ?? null);
}

// Answers all a person is given: the first option, or the second where `differs` says so. The pictures, in order.
async function work(page, differs, each = async () => {}) {
  const given = [];
  for (;;) {
    const picture = await shown(page);
    if (!picture) return given;
    await each(given.length);
    const many = await page.evaluate(() => Boolean(document.querySelector('.options [aria-pressed]')));
    await page.keyboard.press(differs(given.length) ? '2' : '1');
    if (many) await page.keyboard.press('Enter');
    given.push(picture);
    await page.waitForFunction((before) => document.querySelector('.asked > .picture img')?.src !== before, picture);
  }
}

// The first person sees the machine's guess; it is theirs alone, and they are not given it again.
const lan = await sitAs('lan');
await seen(lan);
check(await lan.$('.guess'), 'a first look sees the guess');
check(!(await lan.$('.look')), 'and is no second');
const first = await work(lan, () => false);
check(first.length === waiting, `${first.length} of ${waiting} are given to the first`);
check((await lan.textContent('main.empty')).includes('chờ lượt duyệt của người khác'), 'they wait for somebody else');
await look(lan, 'luot-hai-cho');

// The second is told neither the guess nor what made the machine doubt; Space accepts nothing.
const minh = await sitAs('minh');
await seen(minh);
for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  for (const dark of [false, true]) {
    await minh.setViewportSize({ width, height });
    await minh.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await seen(minh);
    await checkAxe(minh, `second look ${width}`);
    await checkLayout(minh, `second look ${width}`);
    await look(minh, `luot-hai-${width}-${dark ? 'toi' : 'sang'}`);
  }
}
await minh.setViewportSize({ width: 1280, height: 800 });
await minh.emulateMedia({ colorScheme: 'light' });
const second = await work(minh, (at) => at === 0, async (at) => {
  if (at) return;
  const before = await shown(minh);
  check(await minh.$('.look'), 'a second look says so');
  check(!(await minh.$('.guess')) && !(await minh.$('.why')), 'it shows no guess and no reason');
  await minh.keyboard.press(' ');
  await minh.waitForTimeout(200);
  check((await shown(minh)) === before, 'Space accepts nothing');
});
check(JSON.stringify([...second].sort()) === JSON.stringify([...first].sort()), 'the second reads what the first has');

// One differs: a third decides, who sees both. Undone, it is theirs again.
const hoa = await sitAs('hoa');
await seen(hoa);
const words = await hoa.textContent('.look');
check(words.includes('Hai người đọc khác nhau'), `a third look says so: ${words}`);
await checkAxe(hoa, 'third look');
await look(hoa, 'luot-ba');
const third = await work(hoa, () => true);
check(third.length === 1 && third[0] === second[0], 'only what they differ in');
await hoa.keyboard.press('z');
await hoa.waitForSelector('.look');
await work(hoa, () => true);

await hoa.goto(`${desk.address}#agreement`);
await hoa.waitForSelector('table.agreement');
for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  await hoa.setViewportSize({ width, height });
  await checkAxe(hoa, 'agreement');
  await checkLayout(hoa, 'agreement');
  await look(hoa, `doi-chieu-${width}`);
}
const cells = await hoa.$$eval('table.agreement tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
check(cells.length === 1 && cells[0][0] === 'lan' && cells[0][1] === 'minh', `one pair: ${cells}`);
check(cells[0][2] === String(waiting) && cells[0][3] === String(waiting - 1), `alike but for one: ${cells[0]}`);
await hoa.click('text=English');
await hoa.waitForSelector('text=Two looks compared');
await checkLayout(hoa, 'agreement in English');
writeFileSync(`${workspace}/agreement.txt`, cells[0].slice(2, 4).join(' '));

check((await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length === 1, 'nothing waits');
await phieu(workspace, ['verify']);
console.log(`${waiting} answers read by two people, one by three`);
await browser.close();
await desk.kill('SIGTERM');
finish();
