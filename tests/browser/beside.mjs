// Decisions while a heap is scanned on the same workspace, by a command and by the desk itself.
//   node beside.mjs WORKSPACE TERMINAL WATCHED     the folders of scans for the command, and for the watched folder
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { check, finish, phieu, startDesk } from './lib.mjs';

const [workspace, terminal, watched] = process.argv.slice(2);
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
const inbox = `${workspace}-inbox`;
mkdirSync(inbox);
const oneTime = (await phieu(workspace, ['account', 'add', 'lan', '--roles', 'operator,clerk'])).trim();
const desk = await startDesk(workspace, '127.0.0.1:0', ['--watch', inbox]);
const who = {};

async function ask(method, path, body, key) {
  const headers = { Origin: new URL(desk.address).origin, 'Content-Type': 'application/json', Cookie: who.cookie ?? '', 'X-Phieu-Token': who.token ?? '' };
  if (key) headers['Idempotency-Key'] = key;
  const response = await fetch(new URL(path, desk.address), { method, headers, body: method === 'GET' ? undefined : JSON.stringify(body ?? {}) });
  const set = response.headers.get('set-cookie');
  if (set) who.cookie = set.split(';')[0];
  const data = await response.json();
  if (data.token) who.token = data.token;
  check(response.status === 200, `${method} ${path}: ${response.status} ${data.message}`);
  return data;
}

const items = [];
const decided = new Map();
const values = 'ab';
async function next() {
  if (!items.length) items.push(...(await ask('POST', '/api/review/claim', { page: 'beside' })).items);
  return items.shift();
}

// Decides until `goesOn()` is false; the times in ms, at the desk and in the terminal.
async function decide(goesOn) {
  const times = { desk: [], command: [] };
  for (let n = 0; goesOn(); n++) {
    const item = await next();
    if (!item) return times;
    const key = `${item.serial} ${item.question}`;
    const value = values[n % 2];
    const atDesk = n % 4 !== 3;
    const begun = performance.now();
    if (atDesk) await ask('POST', '/api/review/answer', { serial: item.serial, question: item.question, value, look: item.look }, `k-${key}`);
    else await phieu(workspace, ['resolve', 'answer', item.serial, item.question, value], { PHIEU_WHO: 'lan' });
    times[atDesk ? 'desk' : 'command'].push(performance.now() - begun);
    decided.set(key, value);
    await sleep(100);
  }
  return times;
}

function tell(what, times, seconds, ballots) {
  for (const [where, list] of Object.entries(times)) {
    list.sort((a, b) => a - b);
    if (list.length) console.log(`${what} (${ballots} ballots in ${seconds.toFixed(0)} s), decided ${where === 'desk' ? 'at the desk' : 'by a command'}: ${list.length}, median ${list[list.length >> 1].toFixed(0)} ms, longest ${list.at(-1).toFixed(0)} ms`);
  }
}
const returned = async () => JSON.parse(await phieu(workspace, ['status', '--json'])).total.returned;

await ask('POST', '/api/session', { name: 'lan', password: oneTime });
await ask('POST', '/api/session/password', { old: oneTime, new: 'ba con mèo nhỏ' });
let begun = performance.now();
tell('nothing beside', await decide(() => performance.now() - begun < 10_000), 10, 0);

let before = await returned();
begun = performance.now();
let done = false;
const scanning = phieu(workspace, ['scan', terminal]).then(() => (done = true));
let times = await decide(() => !done);
await scanning;
tell('a scan in a terminal', times, (performance.now() - begun) / 1000, (await returned()) - before);

before = await returned();
cpSync(watched, inbox, { recursive: true });
begun = performance.now();
const files = async () => (await ask('GET', '/api/batches')).batches;
const known = new Set((await files()).map((batch) => JSON.stringify(batch)));
let last = performance.now();
// the watched folder is read until nothing has changed for a while
const watching = () => performance.now() - last < 25_000;
const look = setInterval(async () => {
  for (const batch of (await files()).map((one) => JSON.stringify(one)))
    if (!known.has(batch)) {
      known.add(batch);
      last = performance.now();
    }
}, 1000);
times = await decide(watching);
clearInterval(look);
tell('the watched folder', times, (last - begun) / 1000, (await returned()) - before);

await phieu(workspace, ['export', 'answers', '-o', `${workspace}.csv`]);
const [head, ...rows] = readFileSync(`${workspace}.csv`, 'utf8').replace(/^\ufeff/, '').trim().split(/\r?\n/).map((line) => line.split(','));
const at = Object.fromEntries(head.map((name, i) => [name, i]));
const answers = new Map(rows.map((row) => [`${row[at.serial]} ${row[at.question]}`, row[at.value]]));
for (const [key, value] of decided) check(answers.get(key) === value, `${key}: ${value} was decided, ${answers.get(key)} stands`);
await desk.kill('SIGTERM');
finish();
