// The README's pictures of the desk's main screens.
//   node pictures.mjs WORKSPACE FOLDER     writes lo-phieu.png, duyet-tung-cau.png and duyet-hang-loat.png
import path from 'node:path';
import { checkLayout, finish, openBrowser, phieu, startDesk } from './lib.mjs';
import { seen, sit, wholeWall } from './people.mjs';

const [workspace, folder] = process.argv.slice(2);
const password = (await phieu(workspace, ['account', 'add', 'an', '--full-name', 'Người duyệt A', '--roles', 'clerk,operator'])).trim();
const desk = await startDesk(workspace);
const browser = await openBrowser();
const page = await sit(browser, desk.address, 'an', password);

async function picture(view, name, there) {
  await page.goto(`${desk.address}#${view}`);
  await there();
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.waitForTimeout(600); // what is fetched ahead
  await checkLayout(page, name);
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
await picture('settle', 'duyet-tung-cau', () => seen(page));
await picture('wall', 'duyet-hang-loat', async () => {
  await page.waitForSelector('.filters');
  for (const column of [1, 3]) await page.selectOption(`.filters label:nth-child(${column}) select`, '*');
  await wholeWall(page);
});
await picture('batches', 'lo-phieu', async () => {
  await page.waitForSelector('table.batches a');
  await page.click('table.batches a');
  await page.waitForSelector('table.batches tr.current');
});
await browser.close();
await desk.kill('SIGTERM');
finish();
