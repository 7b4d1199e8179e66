import { readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { chart } from '../../machines/chart.ts';
import { systemClock } from '../../src/clock.ts';
import { LearningApi } from '../../src/inspector/learning-api.ts';
import {
  buildPage,
  hasBrowser,
  type Look,
  openWindow,
  startBrowser,
  styleOf,
  type TestWindow,
} from '../support/browser.ts';
import { hostile, hostileRun, makeRun, makeRuns, seeded } from './page/data.ts';
import { PageFleet } from './page/fleet.ts';
import { FakeLearning, signatureIds, taint } from './page/learning.ts';
import { type PageServer, startPageServer } from './page/server.ts';

const newest = Date.UTC(2026, 1, 4, 10, 30);
const odd = hostileRun(newest + 120_000, seeded(5));
const twice = makeRun({ number: 900_001, startedAt: newest + 60_000, random: seeded(7), way: 'twice' });

// A browser is slow on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const fleet = new PageFleet(Date.now());
const learning = new FakeLearning(Date.now());
learning.taints = [taint];

let folder: string;
let browser: Browser;
let server: PageServer;
let window: TestWindow;

const open = async (more = '', look: Look = {}): Promise<Page> =>
  (await window.load(`${server.url}${more}`, look)).page;

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = buildPage();
  browser = await startBrowser();
  // axe injects a script, which the page's content security policy would block.
  window = await openWindow(browser, { bypassCSP: true });
  server = await startPageServer({
    runs: [odd, twice, ...makeRuns(30)],
    chart,
    folder,
    fleet,
    learning: new LearningApi(learning, systemClock),
  });
});

afterEach(async () => {
  if (hasBrowser) expect(await window.clear()).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** WCAG 2.2 AA and best practices. */
const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that depend on colours: the rest sees the same elements in another theme. */
const colorRules = ['color-contrast', 'link-in-text-block'];

/** The violations of these rules that axe, once injected, finds. */
const violations = (page: Page, rules: readonly string[] = allRules): Promise<string[]> =>
  page.evaluate<string[]>(`axe
    .run({ runOnly: ${JSON.stringify(rules)} })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + failureSummary)))`);

const places: readonly (readonly [name: string, fragment: string, sign: string])[] = [
  ['all runs', '', '.row >> nth=3'],
  ['one run', `&run=${twice.runId}`, '.visit >> nth=3'],
  ['a run whose texts are hostile', `&run=${encodeURIComponent(odd.runId)}`, '.visit >> nth=3'],
  ['the totals', '&view=totals', '.groups tbody tr >> nth=3'],
  ['the limits', '&view=limits', 'tbody tr >> nth=3'],
  ['what was learned', `&view=learning&sig=${signatureIds.tunnel}`, '#learning-records'],
  ['the fleet', '&view=fleet', '#events-by-tool'],
  ['a list that is empty', '&q=nothing+like+this', '.list .hint'],
];
const desktop = { width: 1280, height: 800 };
const phone = { width: 375, height: 740 };

/** Elements wider than the window; the chart and tables scroll in their own frames. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll('body, main, main > *, .pane-run > *, .run > *, .page > *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.tagName + ' ' + element.className)`);

/** Looks at what is open, in each of its looks. */
const expectNoViolations = async (page: Page, sign: string): Promise<void> => {
  await page.evaluate(axe.source);
  for (const viewport of [desktop, phone]) {
    await page.setViewportSize(viewport);
    for (const [colorScheme, rules] of [
      ['light', allRules],
      ['dark', colorRules],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(sign).waitFor({ state: 'attached' });
      expect(await violations(page, rules)).toEqual([]);
    }
    expect(await tooWide(page)).toEqual([]);
  }
};

describe.skipIf(!hasBrowser)('the page has no axe violations and no overflow', () => {
  it.each(places)('in %s, light and dark, on a desktop and on a phone', async (_name, fragment, sign) => {
    await expectNoViolations(await open(fragment), sign);
  });

  it('in the confirmation of an approval, and with a lost database', async () => {
    const page = await open('&view=fleet');
    await page.getByRole('button', { name: 'Approve <img' }).click();
    await expectNoViolations(page, 'dialog[open]');
    await page.getByRole('button', { name: 'Cancel' }).click();
    fleet.problem = 'The database of the fleet cannot be reached: connect ECONNREFUSED 127.0.0.1:5432';
    await expectNoViolations(page, '.fleet > .problem');
    fleet.problem = null;
  });

  it('in the review of a lesson, and with a refusal', async () => {
    const page = await open('&view=learning');
    await page.getByRole('button', { name: 'Approve for ask: office-tunnel' }).click();
    await expectNoViolations(page, 'dialog[open] .taint');
    await page.getByRole('button', { name: 'Cancel' }).click();
    learning.refusal = 'its pattern has a false match';
    learning.falseMatches = [{ kind: 'healthy', text: '14 pods are ready', source: 'the samples of healflow' }];
    await page.getByRole('button', { name: 'Approve for shadow: edited-by-hand' }).click();
    await expectNoViolations(page, 'dialog[open] [role=alert]');
    learning.refusal = null;
  });

  it('without a token', async () => {
    const { page } = await window.load(new URL(server.url).origin);
    await page.getByText('Open the printed URL').waitFor();
    await page.evaluate(axe.source);
    expect(await violations(page)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the page', () => {
  it('shows one pane at a time on a phone: the list, then a run, and back', async () => {
    const page = await open('', { viewport: phone });
    await page.locator('.row').nth(1).click();
    await page.locator('#run-title').waitFor();
    expect(await page.locator('.row').first().isVisible()).toBe(false);
    await page.getByRole('slider').focus();
    for (const key of ['Home', 'ArrowRight']) await page.keyboard.press(key);
    expect(await page.locator('.state.current').getAttribute('data-state')).toBe('Executing');
    await page.getByRole('link', { name: 'All runs' }).click();
    await page.locator('.row').first().waitFor();
  });

  it("uses the system's theme or the user's choice, also after a reload", async () => {
    const page = await open('', { colorScheme: 'dark' });
    const ground = () => styleOf(page.locator('html'), 'background-color');
    expect(await ground()).toBe('rgb(13, 17, 23)');
    await page.getByRole('button', { name: 'Theme: system. Change to light' }).click();
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.reload();
    await page.getByRole('button', { name: 'Theme: light. Change to dark' }).click();
    expect(await ground()).toBe('rgb(13, 17, 23)');
  });

  it('shows hostile texts as text, and escapes invisible characters', async () => {
    // The content security policy applies here.
    const strict = await openWindow(browser);
    const { page, complaints } = await strict.load(`${server.url}&run=${encodeURIComponent(odd.runId)}`);
    await page.locator('#run-title').waitFor();
    expect(await page.locator('#run-title').textContent()).toBe(hostile.markup);
    expect(await page.locator('mark').textContent()).toBe(hostile.markup);
    const output = await page.locator('.block').textContent();
    expect(output).toContain('\\x1b[31mred\\x1b[0m');
    expect(output).toContain(hostile.long);
    expect(await page.locator('.card').first().textContent()).toContain('user \\u{202e}gnp.exe\\u{202c}');
    expect(await page.locator('main img, main script, main iframe, main a[href^="http"]').count()).toBe(0);
    expect(await page.title()).toBe('healflow inspector');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('has no animations with reduced motion', async () => {
    const page = await open(`&run=${twice.runId}`);
    await page.getByRole('slider').focus();
    for (const key of ['Home', 'ArrowRight']) await page.keyboard.press(key);
    const box = page.locator('.state.current .box');
    expect(await styleOf(box, 'animation-name')).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await styleOf(box, 'animation-name')).toBe('breathe');
  });
});

describe('the built page', () => {
  it('is smaller than 100 KB compressed, and refers to no other host', () => {
    const built = buildPage();
    const files = ['index.html', 'app.js', 'app.css', 'icon.svg'].map((name) => readFileSync(`${built}/${name}`));
    rmSync(built, { recursive: true });
    const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    const hosts = files.flatMap((file) => file.toString().match(/https?:\/\/[\w.-]+/g) ?? []);
    expect([...new Set(hosts)].sort()).toEqual(['http://127.0.0.1', 'http://www.w3.org']);
  });
});
