// What the browser tests share: the server as a process, people with a browser each, checks that are counted.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.ROOT, 'build/web/package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let faults = 0;
export function check(holds, what) {
  if (holds) return;
  faults += 1;
  console.error(`FAULT ${what}`);
}
export function finish() {
  console.log(faults ? `${faults} faults` : 'no fault');
  process.exit(faults ? 1 : 0);
}

// `phieu desk` on a workspace; ends with `kill(signal)`.
export async function startDesk(workspace, listen = '127.0.0.1:0', more = []) {
  const child = spawn(process.env.PHIEU, ['-C', workspace, 'desk', '--listen', listen, '--no-browser', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  let ended = false;
  child.on('exit', () => (ended = true));
  process.on('exit', () => ended || child.kill('SIGKILL')); // a test that breaks off leaves no server
  child.stderr.on('data', (data) => (words += data));
  const address = await new Promise((found, failed) => {
    child.stdout.on('data', (data) => found(String(data).trim()));
    child.on('exit', () => failed(new Error(`phieu desk ended: ${words}`)));
  });
  while (!words.includes(address)) await new Promise((wake) => setTimeout(wake, 20));
  return {
    address,
    words: () => words,
    memoryKiB: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]),
    kill: (signal) =>
      new Promise((done) => {
        if (ended) return done();
        child.on('exit', done);
        child.kill(signal);
      }),
  };
}

// Runs a command of phieu; its output. Exit 3 (people have work waiting) is no failure.
export function phieu(workspace, args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(process.env.PHIEU, ['-C', workspace, ...args], { env: { ...process.env, ...env } });
    let out = '';
    let words = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (words += data));
    child.on('exit', (code) => (code === 0 || code === 3 ? done(out) : failed(new Error(`phieu ${args[0]}: ${words}`))));
  });
}

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

// A person at a browser of their own; what goes wrong in their page is a fault, `expected` statuses apart.
export async function sitDown(browser, { width = 1280, height = 800, dark = false, expected = [401] } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale: 'vi-VN', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => check(false, `script: ${error.stack}`));
  page.on('dialog', (dialog) => {
    check(dialog.type() === 'beforeunload', `a dialog: ${dialog.message()}`);
    dialog.accept();
  });
  page.on('response', (response) => check(response.status() < 400 || expected.includes(response.status()), `${response.status()} ${response.url()}`));
  return page;
}

export async function signIn(page, address, name, password) {
  await page.goto(address);
  await page.fill('input[name=name]', name);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
}

export async function choosePassword(page, old, wanted) {
  await page.fill('input[name=old]', old);
  await page.fill('input[name=new]', wanted);
  await page.fill('input[name=repeat]', wanted);
  await page.keyboard.press('Enter');
}

// Nothing serious for people who see or hear the page otherwise.
export async function checkAxe(page, what) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  for (const violation of violations.filter((one) => ['serious', 'critical'].includes(one.impact)))
    check(false, `${what}: ${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html).slice(0, 3).join(' | ')}`);
}

// From now on what is asked of `path` takes so long to be done, and its answer so long to arrive, in ms.
export async function delay(page, path, asked, answered) {
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
  await page.route(`**${path}`, async (route) => {
    await sleep(asked);
    const response = await route.fetch().catch(() => null);
    await sleep(answered);
    await (response ? route.fulfill({ response }) : route.abort()).catch(() => {});
  });
}

// No text is cut and nothing stands beyond the window's right edge.
export async function checkLayout(page, what) {
  const wrong = await page.evaluate(() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    for (const element of document.querySelectorAll('main *, header *, nav *')) {
      const box = element.getBoundingClientRect();
      if (!box.width || element.closest('.picture, .zoom, svg, .spoken, .bar, [hidden]')) continue;
      if (box.right > width + 1) found.push(`beyond the edge: ${element.outerHTML.slice(0, 120)}`);
      const cut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden';
      if (cut && !element.title) found.push(`cut: ${element.outerHTML.slice(0, 120)}`);
    }
    return found;
  });
  for (const one of wrong) check(false, `${what}: ${one}`);
}

export async function look(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
}

// The page as it stands on every size of screen, light and dark: axe, layout, a picture; then as it was.
export async function checkEverySize(page, what, name) {
  const before = page.viewportSize();
  for (const size of [before, { width: 1024, height: 768 }, { width: 1920, height: 1080 }]) {
    for (const dark of [false, true]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await checkAxe(page, `${what} ${size.width}`);
      await checkLayout(page, `${what} ${size.width}`);
      await look(page, `${name}-${size.width}-${dark ? 'toi' : 'sang'}`);
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}
