// node scripts/report-screenshots.mjs REPORT.html [docs/images]: pictures of a report of `ropeway bench --report` for the documentation.
// Needs what `npm test` installs, and Chromium or Chrome.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { CHROMIUM_ARGS, findChromium } from './lib/chromium.mjs';
import { root } from './lib/run.mjs';

const [report, folder = join(root, 'docs', 'images')] = process.argv.slice(2);
if (report === undefined) {
  console.error('Which report? node scripts/report-screenshots.mjs REPORT.html [FOLDER]');
  process.exit(2);
}

/** What is shown of the page, by the ids of its sections; without one, its top. */
const PICTURES = [
  { name: 'bench-report', width: 1100, height: 900, colorScheme: 'light' },
  { name: 'bench-report-dark', width: 1100, height: 900, colorScheme: 'dark' },
  { name: 'bench-report-phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'bench-report-routes', width: 1000, section: 'routes', colorScheme: 'light' },
  { name: 'bench-report-cold', width: 1000, section: 'cold', colorScheme: 'light' },
  { name: 'bench-report-bursts', width: 1000, section: 'bursts', colorScheme: 'light' },
];

const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
for (const { name, width, height = 900, section, colorScheme } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, offline: true });
  await page.goto(pathToFileURL(resolve(report)).href);
  const path = join(folder, `${name}.png`);
  if (section === undefined) await page.screenshot({ path });
  else {
    const box = await page
      .locator(`#${section}`)
      .boundingBox({ timeout: 1000 })
      .catch(() => undefined);
    // A result that has no such section has no such picture.
    if (box)
      await page.screenshot({ path, fullPage: true, clip: { ...box, height: Math.min(box.height, 1150) } });
    else console.log(`no picture of #${section}: the report has no such section`);
  }
  await page.close();
  console.log(`${path}: ${Math.round((statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 1000)} kB`);
}
await browser.close();
