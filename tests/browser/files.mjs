// A clerk settles files that were refused as a whole, looking at what can be seen of them.
//   node files.mjs WORKSPACE
import { check, checkAxe, checkLayout, choosePassword, finish, look, openBrowser, phieu, signIn, sitDown, startDesk } from './lib.mjs';

const [workspace] = process.argv.slice(2);
const password = (await phieu(workspace, ['account', 'add', 'thu', '--roles', 'clerk'])).trim();
const desk = await startDesk(workspace);
const browser = await openBrowser();
const page = await sitDown(browser, { width: 1366, height: 768, expected: [401, 404] });
await signIn(page, desk.address, 'thu', password);
await choosePassword(page, password, 'ba con mèo nhỏ');
await page.waitForSelector('main.feed');
await page.goto(`${desk.address}#refused`);
await page.waitForSelector('.picklist li');
check((await page.locator('.picklist li').count()) === 4, 'four files were refused');

// The picture of the file that is picked: its width in pixels, 0 where it is said that there is none.
async function shown(name) {
  await page.click(`.picklist button:has-text("${name}")`);
  await page.waitForFunction((wanted) => document.querySelector('.picked h1')?.textContent.includes(wanted), name);
  await page.waitForFunction(() => document.querySelector('.picked .nopicture') || (document.querySelector('.scanpic img')?.complete && document.querySelector('.scanpic img').naturalWidth > 0));
  return page.evaluate(() => document.querySelector('.scanpic img')?.naturalWidth ?? 0);
}
const widths = {};
for (const name of ['nhieu-trang.pdf', 'dut-doan.tif', 'anh.gif', 'văn-bản.pdf']) {
  widths[name] = await shown(name);
  for (const [width, height] of [[1366, 768], [1920, 1080]]) {
    await page.setViewportSize({ width, height });
    await checkLayout(page, `${name} ${width}`);
    await checkAxe(page, `${name} ${width}`);
    await look(page, `tep-${name.split('.')[0]}-${width}`);
  }
  await page.setViewportSize({ width: 1366, height: 768 });
}
check(widths['nhieu-trang.pdf'] === 900, `the first of too many pages is shown: ${widths['nhieu-trang.pdf']}`);
check(widths['dut-doan.tif'] === 900, `so is that of a TIFF that is cut off: ${widths['dut-doan.tif']}`);
check(widths['anh.gif'] === 1, `a picture is shown as it came: ${widths['anh.gif']}`);
check(widths['văn-bản.pdf'] === 0, 'what is no picture is said to have none');

// each is settled there, and comes back when that is taken back
await page.click('.choices button:nth-child(2)');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 3);
await page.click('.decided button');
await page.waitForFunction(() => document.querySelectorAll('.picklist li').length === 4);
for (let left = 3; left >= 0; left--) {
  await page.click('.choices button:nth-child(1)');
  await page.waitForFunction((count) => document.querySelectorAll('.picklist li').length === count, left);
}
await page.waitForSelector('main.empty');
check((await phieu(workspace, ['resolve', 'decisions'])).includes('đã quét lại'), 'the decisions are kept');
console.log('four refused files looked at and settled');
await browser.close();
await desk.kill('SIGTERM');
finish();
