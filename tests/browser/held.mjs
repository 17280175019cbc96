// A clerk decides about refused pages and held ballots; what the commands say afterwards agrees.
//   node held.mjs WORKSPACE
import { check, checkAxe, checkLayout, choosePassword, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';

const [workspace] = process.argv.slice(2);

const password = (await phieu(workspace, ['account', 'add', 'thu', '--roles', 'clerk'])).trim();
const desk = await startDesk(workspace);
const browser = await openBrowser();
const page = await sitDown(browser, { expected: [401, 404] }); // 404: a file of which there is no picture
await signIn(page, desk.address, 'thu', password);
await choosePassword(page, password, 'ba con mèo nhỏ');
await page.waitForSelector('main.feed');

const picked = () => page.textContent('.picked h1');
const listed = () => page.locator('.picklist li').count();
async function reason(words) {
  await page.waitForSelector('dialog[open] input[name=note]');
  if (words) await page.fill('dialog[open] input[name=note]', words);
  await page.keyboard.press('Enter');
}
async function loaded() {
  await page.waitForFunction(() => [...document.querySelectorAll('.scanpic img')].length > 0 && [...document.querySelectorAll('.scanpic img')].every((image) => image.complete && image.naturalWidth > 0));
}

// ---- pages -------------------------------------------------------------------------------------------------------------
await page.click('nav.tabs a[href="#refused"]');
await page.waitForSelector('.picklist li');
check((await listed()) === 2, `${await listed()} refused, two there are`);
check((await page.textContent('.picklist')).includes('<b>họp'), 'a file name with script is shown as it is');
await page.fill('.picks input.filter', 'den');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
await loaded();
await checkAxe(page, 'a refused page');
await checkLayout(page, 'a refused page');
await look(page, 'refused');
const upright = await page.$eval('.scanpic img', (image) => image.naturalHeight / image.naturalWidth);
await page.click('.scanpic figcaption button');
await page.waitForFunction((before) => {
  const image = document.querySelector('.scanpic img');
  return image.complete && image.naturalWidth > 0 && Math.abs(image.naturalWidth / image.naturalHeight - before) < 0.02;
}, upright);
await page.click('.scanpage');
await page.waitForSelector('dialog.enlarged[open] img');
await page.keyboard.press('Escape');
await page.fill('.picks input.filter', '');
await page.click('.picklist li:last-child button');
await page.click('.choices button:last-child');
await reason('tờ lót máy quét');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
check((await page.textContent('.decided')).includes('tờ lót máy quét'), 'what was decided is said');
await page.click('.decided button');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 2);
await page.click('.choices button:nth-child(1)');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
await page.click('.choices button:nth-child(2)');
await page.waitForSelector('main.empty');
await checkAxe(page, 'no refused page');
check((await phieu(workspace, ['resolve', 'decisions'])).includes('tờ lót máy quét'), 'the decision stands in the log');

// ---- ballots -----------------------------------------------------------------------------------------------------------
await page.click('nav.tabs a[href="#held"]');
await page.waitForSelector('.picklist li');
check((await listed()) === 4, `${await listed()} held: two twice, one void, one incomplete`);
await loaded();
await page.waitForSelector('table.readings');
await checkAxe(page, 'a duplicate');
await checkLayout(page, 'a duplicate');
await look(page, 'held-duplicate');
const first = await picked();
for (let left = 4; left > 2; left--) {
  // every page of the ballot was scanned twice: the second scan counts
  const undecided = page.locator('.scans:not(:has(.counted)) .scanpics > div:nth-child(2) > button');
  await undecided.first().waitFor();
  for (let pages = await undecided.count(); pages > 0; pages--) {
    await undecided.first().click();
    await reason('');
    const wanted = pages > 1 ? [pages - 1, left] : [0, left - 1];
    await page.waitForFunction(([open, ballots]) => document.querySelectorAll('.picklist li').length === ballots
      && (open === 0 || document.querySelectorAll('.scans:not(:has(.counted)) .scanpics > div:nth-child(2) > button').length === open), wanted);
  }
  await page.waitForSelector('table.readings, .scanpic');
}
check((await picked()) !== first, 'the next ballot is shown');
await page.click('.kinds button:last-child');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
await loaded();
await look(page, 'held-incomplete');
await checkLayout(page, 'an incomplete ballot');
await page.click('.kinds button:last-child');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 2);
await page.click('.picklist li:first-child button');
await page.click('.choices > button');
await reason('giấy in hỏng');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 1);
check((await phieu(workspace, ['resolve', 'decisions', '000003L'])).includes('giấy in hỏng'), 'the void ballot is rejected');
const other = await sitDown(browser, { width: 1920, height: 1080, dark: true, expected: [401, 404] });
await signIn(other, desk.address, 'thu', 'ba con mèo nhỏ');
await other.waitForSelector('main.feed');
await other.goto(`${desk.address}#held`);
await other.waitForSelector('.scanpic img');
await checkLayout(other, 'wide and dark');
await checkAxe(other, 'wide and dark');
await look(other, 'held-dark');

await browser.close();
await desk.kill('SIGTERM');
finish();
