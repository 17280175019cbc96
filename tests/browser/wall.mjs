// The wall, end to end, by keyboard.
//   node wall.mjs WORKSPACE MEANT.json     "serial question" → { proposed, meant } of all that waits
import { readFileSync } from 'node:fs';
import { check, checkAxe, checkLayout, finish, look, openBrowser, phieu, startDesk } from './lib.mjs';
import { cellKeys, operators, sit, takeWall, walkWall, wholeWall } from './people.mjs';

const [workspace, meantFile] = process.argv.slice(2);
const meant = JSON.parse(readFileSync(meantFile, 'utf8'));
const total = Object.keys(meant).length;
check(total >= 60, `enough waits: ${total}`);
const one = await operators(workspace, ['lan', 'minh']);
const desk = await startDesk(workspace);
const browser = await openBrowser();
const sitAs = (name) => sit(browser, desk.address, name, one[name], { expected: [401, 409] });
const waitingNow = async () => (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length - 1;

const lan = await sitAs('lan');
await lan.goto(`${desk.address}#wall`);
await lan.waitForSelector('.cells');
await wholeWall(lan);
// one kind to begin with: of one form, with one proposal
const proposals = (await cellKeys(lan)).map((key) => meant[key].proposed);
check(proposals.length > 1 && new Set(proposals).size === 1, `one kind to begin with: ${proposals}`);
await look(lan, 'loat-mot-loai');
await lan.selectOption('.filters label:nth-child(3) select', '*');
await lan.selectOption('.filters label:nth-child(1) select', '*');
await lan.selectOption('main.wall .inline select', '40');
await lan.waitForFunction(() => document.querySelectorAll('.cell').length === 40);
await wholeWall(lan);
for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  for (const dark of [false, true]) {
    await lan.setViewportSize({ width, height });
    await lan.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await wholeWall(lan);
    await checkAxe(lan, `wall ${width} ${dark ? 'dark' : 'light'}`);
    await checkLayout(lan, `wall ${width}`);
    await look(lan, `loat-${width}-${dark ? 'toi' : 'sang'}`);
  }
}
await lan.setViewportSize({ width: 1280, height: 800 });
await lan.emulateMedia({ colorScheme: 'light' });
await lan.click('text=English');
await lan.waitForSelector('text=Answers a screen');
await checkLayout(lan, 'wall in English');
await lan.click('text=Tiếng Việt');
await lan.evaluate(() => document.activeElement.blur()); // Enter would press that button

// Nobody else is given what stands on it.
const minh = await sitAs('minh');
await minh.waitForSelector('main.settle, main.empty');
const theirs = await minh.evaluate(() => /crop\/([^/]+)\/([^?]+)/.exec(document.querySelector('.asked > .picture img')?.src ?? '')?.slice(1).join(' '));
const mine = await cellKeys(lan);
check(!mine.includes(theirs), 'what stands on one wall is given to nobody else');
await minh.click('text=Đăng xuất');
await minh.waitForSelector('input[name=name]');

// Nothing is taken before it was on the screen.
const before = await waitingNow();
await lan.keyboard.press('Enter');
await lan.waitForFunction(() => document.querySelector('main.wall .message').textContent.includes('chưa hiện đủ'));
check((await waitingNow()) === before, 'what was not on the screen is not taken');
await lan.keyboard.press('v');
await lan.waitForSelector('dialog.enlarged[open]');
await lan.keyboard.press('Escape');
await lan.waitForSelector('dialog.enlarged', { state: 'detached' });

const done = new Map();
const left = new Set();
// Marks what is otherwise, and notes what comes of it.
async function walk(page) {
  const walked = await walkWall(page, meant);
  for (const [key, value] of walked.taken) done.set(key, value);
  for (const key of walked.left) left.add(key);
  return walked;
}
const first = await walk(lan);
await look(lan, 'loat-danh-dau');
await checkAxe(lan, 'wall with marks');
// a command settles one of them meanwhile
const [contested] = first.taken.keys();
const other = done.get(contested) === 'a' ? 'b' : 'a';
await phieu(workspace, ['resolve', 'answer', ...contested.split(' '), other], { PHIEU_WHO: 'minh' });
await lan.keyboard.press('Enter');
await lan.waitForFunction(() => document.querySelector('main.wall .message').textContent.includes('minh'));
done.set(contested, other);
await look(lan, 'loat-da-ghi');

// The next one is taken back by one press, and taken again.
await lan.waitForFunction((keys) => [...document.querySelectorAll('.cell')].every((cell) => !keys.includes(cell.dataset.key)) || document.querySelector('.nothing'), [...first.taken.keys()]);
const second = await walk(lan);
const count = await waitingNow();
await lan.keyboard.press('Enter');
await lan.waitForFunction(() => /Đã ghi \d+ câu/.test(document.querySelector('main.wall .message').textContent));
check((await waitingNow()) < count, 'the wall is taken');
await lan.keyboard.press('z');
await lan.waitForFunction(() => document.querySelector('main.wall .message').textContent.includes('hoàn tác'));
check((await waitingNow()) === count, 'all of it is taken back');
await lan.waitForFunction((keys) => keys.every((key) => document.querySelector(`[data-key="${key}"]`)), second.keys.slice(0, 5));
for (let round = 0; round < 20; round++) {
  if (await lan.$('.nothing')) break;
  const { taken } = await walk(lan);
  if (!taken.size) break;
  await takeWall(lan, taken);
}

await phieu(workspace, ['export', 'answers', '-o', `${workspace}/answers.csv`]);
const [head, ...rows] = readFileSync(`${workspace}/answers.csv`, 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/);
const at = Object.fromEntries(head.split(',').map((name, i) => [name, i]));
const answers = new Map(rows.map((row) => row.split(',')).map((row) => [`${row[at.serial]} ${row[at.question]}`, row]));
for (const [key, value] of done) {
  const row = answers.get(key);
  const who = key === contested ? 'minh' : 'lan';
  check(row && row[at.value] === value && row[at.decided_by] === who, `${key}: ${value} by ${who}, have ${row?.[at.value]} by ${row?.[at.decided_by]}`);
}
check((await waitingNow()) === left.size, `${left.size} are left for one by one, ${await waitingNow()} wait`);
check(done.size + left.size === total, `${done.size} taken and ${left.size} left of ${total}`);

// Of what the machine is sure of some are drawn by lot; one is read otherwise, and what came of it is told.
await lan.click('main.wall .tools >> text=Lấy mẫu kiểm tra');
await lan.waitForSelector('main.wall form.draw');
await checkAxe(lan, 'drawing a sample');
await checkLayout(lan, 'drawing a sample');
await look(lan, 'loat-lay-mau');
await lan.fill('form.draw input', '24');
await lan.keyboard.press('Enter');
await lan.waitForFunction(() => document.querySelectorAll('.cell').length === 24);
await wholeWall(lan);
const sample = await cellKeys(lan);
check((await waitingNow()) === left.size, 'what was drawn holds nothing up');
check(sample.every((key) => !(key in meant) && answers.get(key)?.[at.state] === 'machine'), 'what was drawn the machine was sure of');
for (let i = 0; i < sample.length; i++) {
  if (i) await lan.keyboard.press('ArrowRight');
  await lan.waitForTimeout(20);
}
await lan.keyboard.press('x');
await look(lan, 'loat-mau');
await lan.waitForTimeout(400);
await lan.keyboard.press('Enter');
await lan.waitForFunction(() => document.querySelector('main.wall .message').textContent.includes('Đã ghi 24 câu'));
await lan.click('text=Đối chiếu hai lượt');
await lan.waitForFunction(() => /đã rút 24 câu.*đã kiểm tra 24 câu, 1 câu người duyệt đọc khác.* 18,29 %/.test(document.querySelector('main.board')?.textContent ?? ''));
await checkAxe(lan, 'what came of the sample');
await look(lan, 'doi-chieu-mau');
const told = await phieu(workspace, ['export', 'answers', '-o', `${workspace}/checked.csv`]).then(() => readFileSync(`${workspace}/checked.csv`, 'utf8'));
const checked = new Map(told.trim().split(/\r?\n/).map((line) => line.split(',')).map((row) => [`${row[at.serial]} ${row[at.question]}`, row]));
for (const key of sample) check(checked.get(key)[at.decided_by] === 'lan' && (checked.get(key)[at.value] === '?') === (key === sample.at(-1)), `${key} was checked`);

console.log(`${done.size} of ${total} answers settled on the wall, ${left.size} left; memory of the server at most ${Math.round(desk.memoryKiB() / 1024)} MiB`);
await browser.close();
await desk.kill('SIGTERM');
finish();
