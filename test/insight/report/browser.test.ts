import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CHROMIUM_ARGS, findChromium } from '../../../scripts/lib/chromium.mjs';
import { report } from '../../../src/insight/report/report.ts';
import type { BenchResult } from '../../../src/insight/types.ts';
import { faultsOf, figuresOf, paper } from './looking.mjs';
import { articleAdvice, articleBench, articleProfile } from './results.ts';

const PAGES: Record<string, string> = {
  article: report({ bench: articleBench(), advice: articleAdvice(), profile: articleProfile() }),
  'long names': report({ bench: renamed(articleBench()) }),
  little: report({
    bench: { ...articleBench(), cold: [], bursts: [], rates: [], metering: [], sequential: [] },
  }),
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  folder = mkdtempSync(join(tmpdir(), 'ropeway-report-'));
  for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(folder, `${name}.html`), text);
});

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

describe.each(Object.keys(PAGES))('%s', (name) => {
  test.each([
    [390, 'light'],
    [390, 'dark'],
    [768, 'light'],
    [768, 'dark'],
    [1440, 'light'],
    [1440, 'dark'],
  ] as const)(
    'fits %i px, %s: nothing overflows, overlaps, is hard to read, or is fetched',
    async (width, colorScheme) => {
      await opened({ name, width, colorScheme }, async (page) => {
        expect(await page.evaluate(faultsOf)).toEqual([]);
        const figures = await page.evaluate(figuresOf);
        expect(figures.length).toBe(
          /<figure /.exec(PAGES[name] ?? '') ? PAGES[name]?.match(/<figure /g)?.length : 0,
        );
        for (const { title, width, height } of figures) {
          expect(width, title).toBeGreaterThan(200);
          expect(height, title).toBeGreaterThan(30);
        }
      });
    },
  );

  test('prints: no sheet is too narrow for what is on it', async () => {
    await opened({ name, width: 1440, colorScheme: 'dark' }, async (page) => {
      const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
      expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(0);
      // A sheet of A4 without its margins, as the page itself asks for.
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 688, height: 1000 });
      const faults = await page.evaluate(faultsOf);
      expect(faults.filter((fault) => !fault.startsWith('contrast'))).toEqual([]);
      expect(await page.evaluate(paper)).toEqual({ cut: [], color: '#fff' });
    });
  });
});

test('what is looked for is found: a page that is too wide, whose labels touch, that is hard to read and fetches', async () => {
  const picture =
    '<svg role="img" width="99" height="40"><text x="0" y="20">one</text><text x="4" y="20">two</text><text x="90" y="20">three</text></svg>';
  const text = `<body style="background:#fff"><main><p style="width:2000px;color:#ccc">pale</p>${picture}<img src="https://example.com/a.png"></main>`;
  writeFileSync(join(folder, 'broken.html'), text);
  const look = async (page: Page): Promise<void> => {
    const faults = await page.evaluate(faultsOf);
    expect(faults.map((fault) => fault.split(/[: ]/)[0])).toEqual([
      'overflow',
      'overflow',
      'overlap',
      'cut',
      'contrast',
    ]);
  };
  const complaints = await complaintsOf({ name: 'broken', width: 390, colorScheme: 'light' }, look);
  expect(complaints).toContain('asked for https://example.com/a.png');
});

interface Opening {
  name: string;
  width: number;
  colorScheme: 'light' | 'dark';
}

async function opened(opening: Opening, look: (page: Page) => Promise<void>): Promise<void> {
  expect(await complaintsOf(opening, look)).toEqual([]);
}

/** Opens a page without a network; what it has said or asked for. */
async function complaintsOf(
  { name, width, colorScheme }: Opening,
  look: (page: Page) => Promise<void>,
): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, offline: true });
  const complaints: string[] = [];
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:'))
      complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  await look(page);
  await page.close();
  return complaints;
}

/** Names as apps have them at their worst. */
function renamed(bench: BenchResult): BenchResult {
  const text = JSON.stringify(bench).replaceAll(
    'GET /jieba',
    `GET /${'segment/of/a/path/'.repeat(9)}<img src=x onerror=alert(1)>`,
  );
  return JSON.parse(text.replaceAll('GET /query?name=Ada', `GET /${'WWWWWWWWWW'.repeat(20)}`)) as BenchResult;
}
