// A clerk reads refused pages by the number printed on the paper, with and without showing the sheet's corners.
//   node read.mjs WORKSPACE SCANS TRUTH.csv     SCANS: pages as JPEG, not yet read; their feet are painted over here
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { check, checkAxe, checkLayout, finish, look, openBrowser, phieu, startDesk } from './lib.mjs';
import { sit } from './people.mjs';

const [workspace, scans, truthFile] = process.argv.slice(2);
const [head, ...rows] = readFileSync(truthFile, 'utf8').trim().split('\n').map((line) => line.split(','));
const at = Object.fromEntries(head.map((name, i) => [name, i]));
const truth = rows.map((row) => ({ serial: row[at.serial], question: row[at.question], value: row[at.value], unclear: row[at.ambiguous] === '1', file: row[at.file], page: Number(row[at.page]) }));

const browser = await openBrowser();
// Paints over the foot of a page, code and printed number with it; `turned` lays it on a larger, darker ground, askew.
const painter = await (await browser.newContext()).newPage();
const paint = (file, turned) =>
  painter.evaluate(
    async ([data, askew]) => {
      const image = new Image();
      image.src = `data:image/jpeg;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      const room = askew ? 1.25 : 1;
      canvas.width = image.width * room;
      canvas.height = image.height * room;
      const draw = canvas.getContext('2d');
      draw.fillStyle = '#555';
      draw.fillRect(0, 0, canvas.width, canvas.height);
      if (askew) {
        draw.translate(canvas.width * 0.14, canvas.height * 0.05);
        draw.transform(1, 0.09, -0.05, 1, 0, 0);
      }
      draw.drawImage(image, 0, 0);
      draw.fillStyle = '#fff';
      draw.fillRect(0, image.height * 0.875, image.width, image.height * 0.125);
      const corner = (x, y) => [(canvas.width * 0.14 + x - 0.05 * y) / canvas.width, (canvas.height * 0.05 + 0.09 * x + y) / canvas.height];
      const { width: w, height: h } = image;
      return { data: canvas.toDataURL('image/jpeg', 0.9).split(',')[1], corners: [corner(0, 0), corner(w, 0), corner(w, h), corner(0, h)] };
    },
    [readFileSync(file).toString('base64'), turned],
  );
const sheets = readdirSync(scans, { recursive: true }).filter((name) => name.endsWith('.jpg') && truth.some((one) => path.basename(one.file) === path.basename(name))).sort().slice(0, 2);
const files = sheets.map((name) => path.basename(name));
const bad = path.join(workspace, 'painted');
mkdirSync(bad);
const painted = {};
for (const [i, name] of files.entries()) {
  const { data, corners } = await paint(path.join(scans, sheets[i]), i === 1);
  writeFileSync(path.join(bad, name), Buffer.from(data, 'base64'));
  painted[name] = { ...truth.find((one) => path.basename(one.file) === name), corners };
}
await phieu(workspace, ['scan', bad]);
const refused = JSON.parse(await phieu(workspace, ['status', '--json'])).refused ?? [];
check(refused.length === 2, `both are refused: ${JSON.stringify(refused)}`);

const password = (await phieu(workspace, ['account', 'add', 'thu', '--roles', 'clerk'])).trim();
const desk = await startDesk(workspace);
const page = await sit(browser, desk.address, 'thu', password, { expected: [401, 422] });
await page.goto(`${desk.address}#refused`);
await page.waitForSelector('.picklist button');
const told = () => page.textContent('.decided');

async function read(serial, number) {
  await page.fill('input[name=serial]', serial);
  await page.fill('input[name=page]', String(number));
  await page.click('.identify button[type=submit]');
}
for (const [i, name] of files.entries()) {
  const { serial, corners } = painted[name];
  // of a ballot's pages in the heap, the first is its first
  const number = new Set(truth.filter((one) => one.serial === serial).map((one) => path.basename(one.file)).filter((one) => one <= name)).size;
  const shown = `${serial.slice(0, 6)}-${serial.slice(6)}`;
  await page.click(`.picklist button:has-text("${name}")`);
  await page.click('text=Đọc theo số phiếu');
  await page.waitForSelector('input[name=serial]');
  if (i === 0) {
    await checkAxe(page, 'a page named');
    await checkLayout(page, 'a page named');
    await read('000001-2', 1);
    await page.waitForFunction(() => document.querySelector('.decided').textContent.includes('ký tự kiểm tra'));
    await read('999999-' + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('').find(() => true), 1);
    await page.waitForFunction(() => document.querySelector('.decided').textContent.startsWith('⚠'));
  } else {
    await page.check('.identify input[type=checkbox]');
    await page.waitForSelector('.corner');
    await page.waitForFunction(() => document.querySelector('.scanover img').complete);
    const box = await (await page.$('.corners')).boundingBox();
    for (const [n, [x, y]] of corners.entries()) {
      const handle = await (await page.$(`.corner:nth-of-type(${n + 1})`)).boundingBox();
      await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
      await page.mouse.up();
    }
    await checkAxe(page, 'corners');
    await look(page, 'bon-goc');
  }
  await look(page, `doc-theo-so-${i}`);
  await read(shown, number);
  await page.waitForFunction(([what]) => document.querySelector('.decided, main.empty .decided')?.textContent.includes(what), [shown]);
  check((await told()).includes('✓'), `${name}: ${await told()}`);
}
await page.waitForSelector('main.empty');

// What was read is what was meant, and stands with who named the page.
await phieu(workspace, ['export', 'answers', '-o', `${workspace}/answers.csv`]);
const [first, ...lines] = readFileSync(`${workspace}/answers.csv`, 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/).map((line) => line.split(','));
const column = Object.fromEntries(first.map((name, i) => [name, i]));
let right = 0;
let asked = 0;
for (const row of lines) {
  const meant = truth.find((one) => one.serial === row[column.serial] && one.question === row[column.question]);
  if (row[column.state] === 'waiting') asked += 1;
  else {
    check(meant && meant.value === row[column.value] && !meant.unclear, `${row[column.serial]} ${row[column.question]}: ${row[column.value]}, meant ${meant?.value}`);
    right += 1;
  }
}
check(right >= 12, `answers are read: ${right}`);
const decisions = await phieu(workspace, ['resolve', 'decisions']);
check((decisions.match(/page named/g) ?? []).length === 2 && decisions.includes('thu'), `both are decisions: ${decisions}`);
await phieu(workspace, ['verify']);
console.log(`two refused pages read by their number: ${right} answers read, ${asked} asked, none wrong`);
await browser.close();
await desk.kill('SIGTERM');
finish();
