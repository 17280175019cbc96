// How fast people settle at one desk, and that all of a heap can be settled in the browser by two at once: one by one and
// on the wall with human pauses, then the rest without, the second and third looks among them.
//   node pace.mjs WORKSPACE MEANT.json     "serial question" → { proposed, meant } of all that waits
import { readFileSync } from 'node:fs';
import { check, finish, openBrowser, phieu, startDesk } from './lib.mjs';
import { isEmpty, operators, settleOne, sit, takeWall, walkWall } from './people.mjs';

const [workspace, meantFile] = process.argv.slice(2);
const meant = JSON.parse(readFileSync(meantFile, 'utf8'));
const total = Object.keys(meant).length;
const valueOf = (key) => meant[key]?.meant ?? '?';
const seconds = (since) => (performance.now() - since) / 1000;
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const quantile = (all, part) => [...all].sort((a, b) => a - b)[Math.floor(all.length * part)];
const waitingNow = async () => (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').length - 1;

// Pauses between 0.7 and 2.3 s before an answer; over a cell of the wall 0.2 to 0.5 s, 1.5 s more where it is otherwise.
let state = 20231;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const pause = (page, from, to) => page.waitForTimeout(from + (to - from) * random());

const one = await operators(workspace, ['lan', 'minh', 'hoa']);
const desk = await startDesk(workspace);
const browser = await openBrowser();
const [lan, minh] = await Promise.all(['lan', 'minh'].map((name) => sit(browser, desk.address, name, one[name], { expected: [401, 409] })));

async function oneByOne(page, count, human) {
  const begun = performance.now();
  const times = [];
  while (times.length < count) {
    if (human) await pause(page, 700, 2300);
    const settled = await settleOne(page, valueOf);
    if (settled) times.push(settled.ms);
    else if (await isEmpty(page)) break;
  }
  return { times, seconds: seconds(begun) };
}
const slow = await oneByOne(lan, 100, true);
console.log(`one by one with human pauses: ${slow.times.length} answers in ${slow.seconds.toFixed(0)} s; from the key to the next picture: median ${median(slow.times).toFixed(0)} ms, 99 of 100 within ${quantile(slow.times, 0.99).toFixed(0)} ms`);

await minh.goto(`${desk.address}#wall`);
await minh.waitForSelector('.cells');
for (const column of [1, 3]) await minh.selectOption(`.filters label:nth-child(${column}) select`, '*');
const begun = performance.now();
let walled = 0;
const waits = [];
while (walled < 300) {
  const { taken } = await walkWall(minh, meant, (otherwise) => pause(minh, otherwise ? 1500 : 200, otherwise ? 2000 : 500));
  if (!taken.size) break;
  const pressed = performance.now();
  await takeWall(minh, taken);
  waits.push(seconds(pressed));
  walled += taken.size;
}
console.log(`on the wall with human pauses: ${walled} answers in ${seconds(begun).toFixed(0)} s, ${(seconds(begun) / walled).toFixed(2)} s an answer; from Enter to the next wall at most ${Math.max(...waits).toFixed(1)} s`);

// The rest, by both at once; what they differ in, and what one of them alone may not read, by a third.
// whoever was away for five minutes begins with what is theirs now
await lan.goto(`${desk.address}#agreement`);
await lan.waitForSelector('h1');
for (const page of [lan, minh]) await page.goto(`${desk.address}#settle`);
await Promise.all([oneByOne(lan, Infinity, false), oneByOne(minh, Infinity, false)]);
for (let round = 0; round < 3 && (await waitingNow()); round++) await Promise.all([oneByOne(lan, Infinity, false), oneByOne(minh, Infinity, false)]);
const third = await waitingNow();
if (third) await oneByOne(await sit(browser, desk.address, 'hoa', one.hoa), Infinity, false);
const left = await waitingNow();
check(left === 0, `${left} wait at the end`);

await phieu(workspace, ['export', 'answers', '-o', `${workspace}/answers.csv`]);
const [head, ...rows] = readFileSync(`${workspace}/answers.csv`, 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/);
const at = Object.fromEntries(head.split(',').map((name, i) => [name, i]));
let wrong = 0;
for (const row of rows.map((one) => one.split(','))) {
  const key = `${row[at.serial]} ${row[at.question]}`;
  wrong += key in meant && row[at.value] !== valueOf(key);
}
check(wrong === 0, `${wrong} answers are not as they were settled`);
await phieu(workspace, ['verify']);
console.log(`all ${total} waiting answers settled in the browser by two people (${third} by a third); memory of the server at most ${Math.round(desk.memoryKiB() / 1024)} MiB`);
await browser.close();
await desk.kill('SIGTERM');
finish();
