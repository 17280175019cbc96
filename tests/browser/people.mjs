// How a person sits at the desk: signs in, looks until the picture is there, and presses keys.
import { check, choosePassword, phieu, signIn, sitDown } from './lib.mjs';

const PASSWORD = 'ba con mèo nhỏ';

// Accounts of operators; their one-time passwords by name.
export async function operators(workspace, names) {
  const passwords = {};
  for (const name of names) passwords[name] = (await phieu(workspace, ['account', 'add', name, '--roles', 'operator'])).trim();
  return passwords;
}

// A person at a browser of their own, signed in for the first time.
export async function sit(browser, address, name, oneTime, options) {
  const page = await sitDown(browser, options);
  await signIn(page, address, name, oneTime);
  await page.waitForSelector('input[name=old]');
  await choosePassword(page, oneTime, PASSWORD);
  await page.waitForSelector('nav.tabs');
  return page;
}

// ---- one by one ----------------------------------------------------------------------------------------------------
export const keyOf = (item) => `${item.serial} ${item.question}`;

// What is asked; null when nothing is.
export async function current(page) {
  return page.evaluate(() => {
    const picture = document.querySelector('.asked > .picture img');
    if (!picture) return null;
    const [, serial, question] = /crop\/([^/]+)\/([^?]+)/.exec(picture.src);
    return { serial: decodeURIComponent(serial), question: decodeURIComponent(question) };
  });
}

// Waits for what is expected; where it does not come, the fault says what stands on the screen instead.
async function expect(page, what, holds, ...more) {
  try {
    await page.waitForFunction(holds, ...more);
  } catch (error) {
    const shown = await page.evaluate(() => document.body.innerText.replace(/\n+/g, ' | '));
    throw new Error(`${what} does not come; the screen shows: ${shown}`, { cause: error });
  }
}

// The next answer's picture is there, whole, and for as long as an eye needs; earlier keys answer nothing.
export async function seen(page) {
  for (;;) {
    await expect(page, 'a picture to be answered', () => {
      if (document.querySelector('main.empty')) return true;
      const picture = document.querySelector('.asked > .picture img');
      return picture?.complete && picture.naturalWidth > 400;
    });
    // by the page's own clock, as the page counts it too; another picture may have come meanwhile
    const stayed = await page.evaluate(async () => {
      const picture = () => document.querySelector('.asked > .picture img');
      const before = picture()?.src;
      await picture()?.decode().catch(() => {});
      await new Promise((drawn) => requestAnimationFrame(drawn));
      await new Promise((wake) => setTimeout(wake, 150));
      return picture()?.src === before;
    });
    if (stayed) return;
  }
}

// The keys for a value, as the buttons' labels say them.
export async function press(page, value) {
  const options = await page.$$eval('.options .option', (buttons) => buttons.length);
  const many = await page.evaluate(() => Boolean(document.querySelector('.options [aria-pressed]')));
  if (value === '' || value === '?') return page.keyboard.press(value === '' ? '0' : 'x');
  const digits = value.split('+').map((id) => id.charCodeAt(0) - 'a'.charCodeAt(0) + 1);
  check(digits.every((digit) => digit >= 1 && digit <= options), `value ${value} among ${options} options`);
  if (digits.length > 1 && !many) await page.keyboard.press('m');
  for (const digit of digits) await page.keyboard.press(String(digit));
  if (digits.length > 1 || many) await page.keyboard.press('Enter');
}

// Answers what is asked as `valueOf(key)` says; null when nothing is, else { key, value, ms } with the time from the
// last key to the next picture.
export async function settleOne(page, valueOf) {
  await seen(page);
  const item = await current(page);
  if (!item) return null;
  const key = keyOf(item);
  const value = valueOf(key);
  const begun = performance.now();
  await press(page, value);
  const next = `${encodeURIComponent(item.serial)}/${encodeURIComponent(item.question)}?`;
  await expect(page, `the picture after ${key}, answered '${value}'`, (before) => {
    const picture = document.querySelector('.asked > .picture img');
    return !picture || (!picture.src.includes(before) && picture.complete);
  }, next);
  return { key, value, ms: performance.now() - begun };
}

export const isEmpty = (page) => page.evaluate(() => Boolean(document.querySelector('main.empty')));

// ---- the wall ------------------------------------------------------------------------------------------------------
export const cellKeys = (page) => page.$$eval('.cell', (cells) => cells.map((cell) => cell.dataset.key));

// Every picture of the wall is there, or nothing is left.
export async function wholeWall(page) {
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll('.cell')];
    return document.querySelector('.nothing') || (cells.length && cells.every((cell) => cell.querySelector('img')));
  });
}

// Walks over the wall by arrows and marks what is otherwise than `meant[key].proposed`; `look(otherwise)` waits as a
// person does. What is taken, key → value, and the keys that are left.
export async function walkWall(page, meant, look = () => page.waitForTimeout(20)) {
  await wholeWall(page);
  const keys = await cellKeys(page);
  const taken = new Map();
  const left = new Set();
  for (let i = 0; i < keys.length; i++) {
    if (i) await page.keyboard.press('ArrowRight');
    else for (let back = 0; back < keys.length; back++) await page.keyboard.press('ArrowLeft');
    const at = await page.getAttribute('.cell.current', 'data-key');
    check(at === keys[i], `the cursor is on ${keys[i]}: ${at}`);
    const { proposed, meant: value } = meant[keys[i]];
    await look(value !== proposed);
    if (value !== proposed && /^[a-i]$/.test(value)) await page.keyboard.press(String(value.charCodeAt(0) - 96));
    else if (value !== proposed && (value === '' || value === '?')) await page.keyboard.press(value === '' ? '0' : 'x');
    else if (value !== proposed) {
      await page.keyboard.press(' ');
      left.add(keys[i]);
      continue;
    }
    taken.set(keys[i], value);
  }
  await page.waitForTimeout(400); // the last row must have been in view
  return { keys, taken, left };
}

// Takes the wall, and waits until the next one stands there.
export async function takeWall(page, taken) {
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (keys) => document.querySelector('.nothing') || ![...document.querySelectorAll('.cell')].some((cell) => keys.includes(cell.dataset.key)),
    [...taken.keys()],
  );
}
