// Many operators at one desk over many waiting answers, by TLS, with the server killed in the middle: nothing is given twice,
// nothing lost, nothing decided twice. Prints how long claims and answers took.
//   node load.mjs WORKSPACE OPERATORS [--pace MS]     MS: a person's pause before each answer, on average (0)
import https from 'node:https';
import { check, finish, phieu, startDesk } from './lib.mjs';

const [workspace, operatorsText, , paceText] = process.argv.slice(2);
const operators = Number(operatorsText);
const pace = Number(paceText ?? 0);
const agent = new https.Agent({ keepAlive: true, maxSockets: operators * 2, rejectUnauthorized: false });
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

let desk = await startDesk(workspace, '127.0.0.1:0', ['--tls']);
const fingerprint = desk.words().match(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/)?.[0];
const times = { claim: [], answer: [] };
const given = new Map(); // answer → operator who has it now
const decided = new Map(); // answer → { who, value }

// One request; throws when the server is not there.
function ask(who, method, path, body, key) {
  const url = new URL(path, desk.address);
  return new Promise((done, failed) => {
    const headers = { Host: url.host, Origin: url.origin, 'Content-Type': 'application/json', Cookie: who.cookie ?? '', 'X-Phieu-Token': who.token ?? '' };
    if (key) headers['Idempotency-Key'] = key;
    const request = https.request(url, { method, headers, agent }, (response) => {
      const shown = response.socket.getPeerCertificate().fingerprint256;
      check(!shown || shown === fingerprint, `the certificate is the one told at start: ${shown}`);
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('error', failed);
      response.on('end', () => {
        const set = response.headers['set-cookie'];
        if (set) who.cookie = set[0].split(';')[0];
        done({ status: response.statusCode, body: text ? JSON.parse(text) : {} });
      });
    });
    request.on('error', failed);
    request.end(method === 'GET' ? undefined : JSON.stringify(body ?? {}));
  });
}

async function signIn(who) {
  const { status, body } = await ask(who, 'POST', '/api/session', { name: who.name, password: who.password });
  check(status === 200, `sign-in of ${who.name}: ${status}`);
  who.token = body.token;
}

// Until the server has answered, over its death and a new session.
async function surely(who, path, body, key) {
  for (let i = 0; i < 600; i++) {
    try {
      const reply = await ask(who, 'POST', path, body, key);
      if (reply.status !== 401) return reply;
      await signIn(who);
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${who.name}: no answer to ${path}`);
}

async function timed(kind, run) {
  const begun = performance.now();
  const result = await run();
  times[kind].push(performance.now() - begun);
  return result;
}

let round = 0; // grows when the server is started anew: claims are in its memory only
async function operate(who) {
  for (let n = 0; ; ) {
    const { status, body } = await timed('claim', () => surely(who, '/api/review/claim'));
    const own = round; // of the server that answered
    check(status === 200, `claim: ${status} ${body.message}`);
    if (!body.items?.length) return;
    for (const item of body.items) {
      const key = `${item.serial} ${item.question}`;
      const other = given.get(key);
      check(!other || other.who === who || other.round !== own, `${key} was given to ${other?.who.name} and ${who.name}`);
      given.set(key, { who, round: own });
    }
    for (const item of body.items) {
      if (pace) await sleep(pace * (0.5 + Math.random()));
      const key = `${item.serial} ${item.question}`;
      const value = 'abc'[n++ % 3];
      const reply = await timed('answer', () => surely(who, '/api/review/answer', { serial: item.serial, question: item.question, value }, `${who.name}-${key}`));
      if (reply.status === 200) {
        check(!decided.has(key), `${key} was decided by ${decided.get(key)?.who} and ${who.name}`);
        decided.set(key, { who: who.name, value });
      } else {
        check(reply.status === 409, `${key}: ${reply.status} ${reply.body.message}`); // somebody had it after the restart
      }
    }
  }
}

const people = [];
for (let i = 0; i < operators; i++) {
  const who = { name: `nguoi-${i + 1}` };
  const oneTime = (await phieu(workspace, ['account', 'add', who.name, '--roles', 'operator'])).trim();
  who.password = oneTime;
  await signIn(who);
  who.password = `mật khẩu số ${i + 1} đây`;
  const { status, body } = await ask(who, 'POST', '/api/session/password', { old: oneTime, new: who.password });
  check(status === 200, `password of ${who.name}: ${status}`);
  who.token = body.token;
  people.push(who);
}
const total = (await ask(people[0], 'GET', '/api/review')).body.waiting;
check(total > 0, 'something waits');
const begun = performance.now();
const all = Promise.all(people.map(operate));
while (decided.size < total / 2) await sleep(20);
const before = { claim: [...times.claim], answer: [...times.answer] };
const seconds = (performance.now() - begun) / 1000;
const memory = desk.memoryKiB();
await desk.kill('SIGKILL');
round += 1;
desk = await startDesk(workspace, new URL(desk.address).host, ['--tls']);
await all;

const left = (await phieu(workspace, ['resolve', 'list'])).trim().split('\n').slice(1);
check(left.length === 0, `${left.length} answers are left`);
check(decided.size === total, `${decided.size} of ${total} decided`);
const listed = (await phieu(workspace, ['resolve', 'decisions'])).split('\n').filter((line) => /^\s*[\d.,]+\s/.test(line)).length;
check(listed === total, `${listed} decisions for ${total} answers`);
const quantile = (list, q) => list.sort((a, b) => a - b)[Math.floor((list.length - 1) * q)].toFixed(1);
for (const kind of ['claim', 'answer'])
  console.log(`${kind}: ${before[kind].length}, median ${quantile(before[kind], 0.5)} ms, p99 ${quantile(before[kind], 0.99)} ms`);
console.log(`${operators} operators, ${total} answers, ${(before.answer.length / seconds).toFixed(0)} a second before the kill; memory of the server at most ${Math.round(memory / 1024)} MiB`);
await desk.kill('SIGTERM');
finish();
