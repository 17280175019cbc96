// Feeding scans, end to end: files dropped, a line that breaks, a reload in the middle, a pause, the server killed, a file
// that is no scan, the same file again.
//   node upload.mjs WORKSPACE FILES      FILES: a folder of a large PDF, a small TIFF and a text that calls itself a PDF
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { check, checkAxe, checkLayout, choosePassword, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';

const [workspace, folder] = process.argv.slice(2);
const password = 'ba con mèo nhỏ';
const names = readdirSync(folder).map((name) => name.normalize('NFC'));
const large = names.find((name) => name.startsWith('SNV'));
const small = names.find((name) => name.endsWith('.tif'));
const noScan = names.find((name) => name.startsWith('ghi'));
const at = (name) => path.join(folder, name);

// ---- what a person sees -------------------------------------------------------------------------------------------
const row = (page, name) => page.locator('table.files tr', { has: page.locator(`.name:text-is("${name}")`) });
const shows = (page, name, words) => row(page, name).filter({ hasText: words }).first().waitFor({ timeout: 120_000 });
const press = (page, name, word) => row(page, name).getByRole('button', { name: word }).click();
const columns = (page, name) => row(page, name).locator('td.number').allTextContents();

// Dropped on the page as a file manager does it.
async function drop(page, files) {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, files.map((name) => ({ name, base64: readFileSync(at(name)).toString('base64') })));
  await page.dispatchEvent('main.feed', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('main.feed', 'drop', { dataTransfer: data });
}

async function lookAround(page, what) {
  for (const [width, height] of [[1280, 800], [1920, 1080]]) {
    for (const dark of [false, true]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await checkAxe(page, `${what} ${width} ${dark ? 'dark' : 'light'}`);
      await checkLayout(page, `${what} ${width}`);
      await look(page, `nhap-${what}-${width}-${dark ? 'toi' : 'sang'}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

const rowsOf = (sql) => execFileSync('sqlite3', [`${workspace}/survey.db`, sql], { encoding: 'utf8' }).trim();
const pagesRead = () => Number(rowsOf("SELECT count(*) FROM page p JOIN file f ON f.id = p.file WHERE f.name LIKE 'SNV%'"));

// ---- the walk ------------------------------------------------------------------------------------------------------
const inbox = path.join(workspace, '..', 'máy quét');
mkdirSync(inbox);
let desk = await startDesk(workspace, '127.0.0.1:0', ['--watch', inbox]);
const browser = await openBrowser();
const oneTime = (await phieu(workspace, ['account', 'add', 'lan', '--roles', 'clerk,operator'])).trim();
const page = await sitDown(browser, { expected: [401, 409] });
await signIn(page, desk.address, 'lan', oneTime);
await page.waitForSelector('input[name=old]');
await choosePassword(page, oneTime, password);
await page.click('nav.rail a[href="#feed"]');
await page.waitForSelector('main.feed');
await page.waitForSelector('text=Chưa có phiếu nào. Kéo tệp quét vào đây.');
await lookAround(page, 'trong');

// Two files: the small one a scanner saves into the watched folder, the text is dropped and refused by its name.
await page.waitForSelector(`.watched:has-text("máy quét")`);
copyFileSync(at(small), path.join(inbox, small));
await drop(page, [noScan]);
await shows(page, small, 'Đã đọc xong');
await shows(page, noScan, 'Tệp bị từ chối');
check((await row(page, small).textContent()).includes('thư mục theo dõi'), 'where a file came from is said');
check(existsSync(path.join(inbox, small)), 'its file stays in the folder');
check((await row(page, noScan).locator('.more').textContent()).length > 10, 'a refused file says why');

// While something else works on the workspace a file waits and says so; nothing needs to be done when it ends.
const other = spawn('flock', ['--no-fork', `${workspace}/lock`, 'sh', '-c', 'echo held; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(other.stdout, 'data');
await page.setInputFiles('input[type=file]', { name: 'bài viết.pdf', mimeType: 'application/pdf', buffer: Buffer.from('chữ') });
await shows(page, 'bài viết.pdf', 'Chờ việc khác');
await checkAxe(page, 'another at work');
await look(page, 'nhap-cho-viec-khac');
other.kill();
await shows(page, 'bài viết.pdf', 'Tệp bị từ chối');

// The large one, over a line that breaks after the first piece: it says that it waits, and the page is loaded anew.
let broken = true;
const sent = [];
await page.route(/\/api\/uploads\/[0-9a-f]+\?/, (route) => {
  const offset = Number(new URL(route.request().url()).searchParams.get('offset'));
  if (broken && offset > 0) return route.abort('connectionreset');
  sent.push(offset);
  return route.continue();
});
await page.setInputFiles('input[type=file]', [at(large)]);
await shows(page, large, 'Chờ máy chủ');
await look(page, 'nhap-dut-mang');
await page.reload();
await shows(page, large, 'Gửi dở dang');
await look(page, 'nhap-do-dang');
broken = false;
await page.setInputFiles('input[type=file]', [at(large)]);
await shows(page, large, 'Đang đọc');
check(sent.filter((offset) => offset === 0).length === 1, `what stood was not sent again: ${sent}`);
check(sent.length > 2, `more than one piece: ${sent}`);

// Paused: no page more is read, whatever is done beside it.
await page.waitForFunction(() => document.querySelector('.is-running progress')?.value > 0, null, { timeout: 60_000 });
await look(page, 'nhap-dang-doc');
await press(page, large, 'Tạm dừng');
await shows(page, large, 'Tạm dừng');
await row(page, large).getByRole('button', { name: 'Đọc tiếp' }).waitFor();
const paused = pagesRead();
check(paused > 0 && paused < 120, `paused in the middle: ${paused} pages`);
await lookAround(page, 'tam-dung');
check(pagesRead() === paused, 'a paused file is not read on');

// Killed while it is paused, it stays so; killed while it reads, it reads on by itself and nothing twice.
const again = async () => {
  const host = new URL(desk.address).host;
  await desk.kill('SIGKILL');
  await page.waitForSelector('.banner');
  desk = await startDesk(workspace, host, ['--watch', inbox]);
  await page.waitForSelector('main.over input[name=password]');
  await page.fill('main.over input[name=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('main.over', { state: 'detached' });
};
await again();
await row(page, large).getByRole('button', { name: 'Đọc tiếp' }).waitFor();
check(pagesRead() === paused, 'paused over a restart');
await press(page, large, 'Đọc tiếp');
await shows(page, large, 'Đang đọc');
await page.waitForFunction((before) => document.querySelector('.is-running progress')?.value > before || document.querySelectorAll('.is-done').length > 1, Math.floor((100 * paused) / 120), { timeout: 60_000 });
await again();
await shows(page, large, 'Đã đọc xong');
check(rowsOf("SELECT count(*) - count(DISTINCT file || ' ' || idx) FROM page") === '0', 'no page was read twice');

// The sums are those of the store and of the commands.
const figure = (text) => Number(text.replace(/\D/g, ''));
const [pages, ...parts] = (await columns(page, large)).map(figure);
check(pages === 120 && parts.reduce((a, b) => a + b, 0) === pages, `pages in are accounted for: ${pages} = ${parts}`);
const waiting = figure(await page.textContent('.count'));
const listed = (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length - 1;
check(waiting === listed, `the line at the top says ${waiting} wait, the command ${listed}`);
const told = JSON.parse(await phieu(workspace, ['status', '--json']));
check(told.answers_waiting === waiting && told.total.returned === Number(rowsOf('SELECT count(DISTINCT serial) FROM page WHERE outcome = 0')) && told.refused.length === 2, `phieu status: ${told.answers_waiting} wait, ${told.total.returned} ballots, ${told.refused.length} refused`);
const totals = (await page.textContent('.totals')).replace(/\./g, '');
check(totals.includes(`Trang vào ${rowsOf('SELECT count(*) FROM page')} = ${rowsOf('SELECT count(*) FROM page WHERE outcome = 0')} đọc được`), `the sums of all files: ${totals}`);

// The same bytes again, under another name: said, and not taken.
const before = rowsOf('SELECT count(*) FROM file');
await page.setInputFiles('input[type=file]', { name: 'bản sao.tif', mimeType: 'image/tiff', buffer: readFileSync(at(small)) });
await shows(page, 'bản sao.tif', 'Đã nhập trước đây');
check((await row(page, 'bản sao.tif').textContent()).includes(small), 'a file known is named');
check(rowsOf('SELECT count(*) FROM file') === before, 'nothing is taken twice');
await page.setInputFiles('input[type=file]', { name: 'rỗng.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) });
await shows(page, 'rỗng.pdf', 'Tệp rỗng');
await lookAround(page, 'xong');
await page.click('text=English');
await page.waitForSelector('text=Choose files…');
await checkAxe(page, 'in English');
await checkLayout(page, 'in English');
await page.click('text=Tiếng Việt');
await press(page, 'bản sao.tif', 'Đã rõ');
await row(page, 'bản sao.tif').waitFor({ state: 'detached' });

// What waits is one click away, for who may settle it.
await page.click('.totals a');
await page.waitForSelector('main.settle');

console.log(`${sent.length} pieces; paused at page ${paused}; memory of the server at most ${Math.round(desk.memoryKiB() / 1024)} MiB`);
await browser.close();
await desk.kill('SIGTERM');
finish();
