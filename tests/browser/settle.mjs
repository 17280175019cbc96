// The settling of marks, end to end: two people at once, by keyboard, with a command beside them, an undo, a
// referral, a disagreement, and the server killed in between.
//   node settle.mjs WORKSPACE MORE MEANT.json     MORE: scans read while people settle; MEANT: "serial question" →
//                                                 { meant }: what a person reads there, of all that will wait
import { readFileSync } from 'node:fs';
import { check, checkAxe, checkLayout, choosePassword, delay, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';
import { current, isEmpty, keyOf, press, seen, settleOne } from './people.mjs';

const [workspace, more, meantFile] = process.argv.slice(2);
const meant = JSON.parse(readFileSync(meantFile, 'utf8'));
const passwords = { lan: 'ba con mèo nhỏ', minh: 'bốn cây cau cao' };

// Answers as it was meant, and notes it.
async function settle(page, who, done) {
  const settled = await settleOne(page, (key) => {
    check(key in meant, `${key} is one that waits`);
    return meant[key]?.meant ?? '';
  });
  if (settled) done.push({ ...settled, who });
  return settled;
}


// ---- the walk ------------------------------------------------------------------------------------------------------
let desk = await startDesk(workspace);
const browser = await openBrowser();
const done = [];

// The first start shows a one-time password; another is chosen before anything else.
const admin = await sitDown(browser);
const oneTime = /password (\S+?)\. |mật khẩu dùng một lần (\S+?)\. /.exec(desk.words());
check(oneTime, `a one-time password is shown: ${desk.words()}`);
await admin.goto(desk.address);
await admin.waitForSelector('input[name=name]');
await checkAxe(admin, 'sign-in');
await look(admin, 'dang-nhap');
await signIn(admin, desk.address, 'admin', 'sai mật khẩu');
await admin.waitForFunction(() => document.querySelector('.fault')?.textContent);
await signIn(admin, desk.address, 'admin', oneTime[1] ?? oneTime[2]);
await admin.waitForSelector('input[name=old]');
await checkAxe(admin, 'first password');
await choosePassword(admin, oneTime[1] ?? oneTime[2], 'năm ngọn núi xanh');
await admin.waitForSelector('main.settle');

// Every screen in both sizes, themes and languages.
for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  for (const dark of [false, true]) {
    await admin.setViewportSize({ width, height });
    await admin.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await seen(admin);
    await checkAxe(admin, `settle ${width} ${dark ? 'dark' : 'light'}`);
    await checkLayout(admin, `settle ${width}`);
    await look(admin, `duyet-${width}-${dark ? 'toi' : 'sang'}`);
  }
}
await admin.setViewportSize({ width: 1280, height: 800 });
await admin.emulateMedia({ colorScheme: 'light' });
await admin.click('text=English');
await admin.waitForSelector('text=Why you are asked');
await checkAxe(admin, 'settle in English');
await checkLayout(admin, 'settle in English');
await admin.click('text=Tiếng Việt');
await admin.keyboard.press('v');
await admin.waitForSelector('dialog.enlarged[open]');
await checkAxe(admin, 'enlarged page');
await look(admin, 'phong-to');
await admin.keyboard.press('Escape');
await admin.waitForSelector('dialog.enlarged', { state: 'detached' });
await admin.keyboard.press('?');
await admin.waitForSelector('dialog[open]');
await checkAxe(admin, 'referral');
await admin.keyboard.press('Escape');
await admin.waitForSelector('dialog', { state: 'detached' });

// A referral with script in it goes to another person, who sees its text.
await seen(admin);
const referred = await current(admin);
await admin.keyboard.press('?');
await admin.fill('input[name=note]', '<img src=x onerror=alert(1)> mờ quá');
await admin.keyboard.press('Enter');
await admin.waitForFunction((serial) => !document.querySelector('.asked > .picture img')?.src.includes(serial), `${referred.serial}/${referred.question}?`);
await admin.click('text=Đăng xuất');
await admin.waitForSelector('input[name=name]');

// Accounts for two; their one-time passwords are told by the command.
for (const name of ['lan', 'minh']) {
  const password = (await phieu(workspace, ['account', 'add', name, '--roles', 'operator'])).trim();
  const page = await sitDown(browser);
  await signIn(page, desk.address, name, password);
  await page.waitForSelector('input[name=old]');
  await choosePassword(page, password, passwords[name]);
  await page.waitForSelector('main.settle');
  await page.click('text=Đăng xuất'); // gives back what it had
  await page.waitForSelector('input[name=name]');
  await page.context().close();
}
const lan = await sitDown(browser, { expected: [401, 409] });
const minh = await sitDown(browser, { expected: [401, 409] });
await signIn(lan, desk.address, 'lan', passwords.lan);
await seen(lan);
await signIn(minh, desk.address, 'minh', passwords.minh);
await seen(minh);
check(keyOf(await current(lan)) !== keyOf(await current(minh)), 'two people are given different answers');
check(keyOf(await current(lan)) === keyOf(referred), 'what was referred is given to another person');
check((await lan.textContent('.note')).includes('<img src=x onerror=alert(1)> mờ quá'), 'a note is shown as it was written');

// An undo brings the answer back to the one who gave it.
const first = await settle(lan, 'lan', done);
await lan.keyboard.press('z');
await lan.waitForFunction((serial) => document.querySelector('.asked > .picture img')?.src.includes(serial), `${first.key.replace(' ', '/')}?`);
done.pop();

// A command settles what somebody looks at: they are told, and nothing of either is lost.
const contested = await current(minh);
await minh.context().setOffline(true);
await minh.keyboard.press('x');
await minh.waitForSelector('.banner');
await look(minh, 'mat-ket-noi');
await phieu(workspace, ['resolve', 'answer', contested.serial, contested.question, 'a', '--reason', 'xem trên phiếu'], { PHIEU_WHO: 'admin' });
await minh.context().setOffline(false);
await minh.waitForSelector('dialog[open]');
check((await minh.textContent('dialog')).includes('admin'), 'the other person is named');
await checkAxe(minh, 'disagreement');
await look(minh, 'bat-dong');
await minh.keyboard.press('Enter'); // theirs stands
await minh.waitForSelector('dialog', { state: 'detached' });
done.push({ key: keyOf(contested), value: 'a', who: 'admin', ms: 0 });

// Both go on, while another heap is scanned beside them.
const scanning = phieu(workspace, ['scan', more]);
for (let i = 0; i < 3; i++) await Promise.all([settle(lan, 'lan', done), settle(minh, 'minh', done)]);
await scanning;

// The server is killed; what is typed meanwhile is kept, and sent after signing in again.
await desk.kill('SIGKILL');
for (let i = 0; i < 2; i++) {
  await seen(lan);
  const item = await current(lan);
  if (!item) break;
  await press(lan, meant[keyOf(item)]?.meant ?? '');
  done.push({ key: keyOf(item), value: meant[keyOf(item)]?.meant ?? '', who: 'lan', ms: 0 });
}
await lan.waitForSelector('.banner');
desk = await startDesk(workspace, new URL(desk.address).host);
for (const [name, page] of [['lan', lan], ['minh', minh]]) {
  await page.waitForSelector('main.over input[name=password]');
  await page.fill('main.over input[name=password]', passwords[name]);
  await page.keyboard.press('Enter');
  await page.waitForSelector('main.over', { state: 'detached' });
}
// Over a slow line the answer to a claim is older than what was decided meanwhile. (Nothing is cached from here on.)
await delay(lan, '/api/review/claim', 0, 900);
await delay(minh, '/api/review/claim', 900, 0);
const work = async (page, who) => {
  for (;;) {
    if (!(await settle(page, who, done)) && (await isEmpty(page))) return;
  }
};
await Promise.all([work(lan, 'lan'), work(minh, 'minh')]);
await look(lan, 'het-viec');
await checkAxe(lan, 'nothing waits');
await lan.waitForFunction(() => !document.querySelector('.banner'));

// ---- what the workspace says -------------------------------------------------------------------------------------------
const left = (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').slice(1);
check(left.length === 0, `everything is settled: ${left}`);
await phieu(workspace, ['export', 'answers', '-o', `${workspace}/answers.csv`]);
const [head, ...rows] = readFileSync(`${workspace}/answers.csv`, 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/);
const at = Object.fromEntries(head.split(',').map((name, i) => [name, i]));
const answers = new Map(rows.map((row) => row.split(',')).map((row) => [`${row[at.serial]} ${row[at.question]}`, row]));
for (const { key, value, who } of done) {
  const row = answers.get(key);
  check(row && row[at.value] === value && row[at.decided_by] === who, `${key}: ${value} by ${who}, have ${row?.[at.value]} by ${row?.[at.decided_by]}`);
}
check(new Set(done.map((one) => one.key)).size === done.length, 'nothing was given twice');
check(Object.keys(meant).every((key) => done.some((one) => one.key === key)), 'all that waited was given to somebody');
const decisions = (await phieu(workspace, ['resolve', 'decisions'])).split('\n').filter((line) => /^\s*\d/.test(line));
// one each, the undone one and its undoing, the referral
check(decisions.length === done.length + 3, `${decisions.length} decisions for ${done.length} answers`);
await phieu(workspace, ['verify']);

const times = done.map((one) => one.ms).filter(Boolean).sort((a, b) => a - b);
console.log(`${done.length} answers settled; from the key to the next picture: median ${times[times.length >> 1]} ms, 9 of 10 within ${times[Math.floor(times.length * 0.9)]} ms; memory of the server at most ${Math.round(desk.memoryKiB() / 1024)} MiB`);
await browser.close();
await desk.kill('SIGTERM');
finish();
