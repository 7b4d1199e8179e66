import { rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chart } from '../../machines/chart.ts';
import {
  buildPage,
  hasBrowser,
  note,
  noted,
  openWindow,
  startBrowser,
  type TestWindow,
  type Watched,
} from '../support/browser.ts';
import { makeRun, makeRuns, seeded } from './page/data.ts';
import { type PageServer, startPageServer } from './page/server.ts';

const newest = Date.UTC(2026, 1, 4, 10, 30);
const fresh = (number: number, more: object = {}) =>
  makeRun({
    number: 800_000 + number,
    startedAt: newest + number * 1000,
    random: seeded(number),
    way: 'healed',
    ...more,
  });

// A browser is slow on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
let browser: Browser;
let server: PageServer;
let window: TestWindow;

const open = (more = ''): Promise<Watched> => window.load(`${server.url}${more}`);

const until = (what: () => Promise<unknown>) => expect.poll(what, { timeout: 15_000, interval: 30 });

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = buildPage();
  browser = await startBrowser();
  window = await openWindow(browser);
});

beforeEach(async () => {
  if (hasBrowser) server = await startPageServer({ runs: makeRuns(60), chart, folder });
});

afterEach(async () => {
  // A lost connection is a complaint, so the tests look at the complaints themselves.
  if (hasBrowser) await window.clear();
  await server?.close();
});

afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasBrowser)('an open page', () => {
  it('shows every state of a run that is being healed, including transient ones', async () => {
    const { page, complaints } = await open();
    await page.locator('.connection.is-live').waitFor();
    const run = fresh(1);
    const steps = server.live(run);
    steps.next();
    await page.locator('.row', { hasText: 'running' }).click();
    await page.locator('.live-mark').waitFor();
    await note(page, '.chart.of-run .state.current', 'data-state');
    for (const _ of steps) await page.waitForTimeout(20);
    await until(() => page.locator('.scrub-words').textContent()).toMatch(/^Step 9 of 9: ends after Logging/);
    expect(await noted(page)).toEqual(
      expect.arrayContaining(['ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying', 'Success']),
    );
    await page.locator('.run-head .status.is-healed').waitFor();
    await page.getByRole('heading', { name: 'Fixes' }).waitFor();
    await until(() => page.locator('#fixes-title ~ .card').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('shows the same on a page that is opened afterwards', async () => {
    const run = fresh(2);
    for (const _ of server.live(run));
    const { page, complaints } = await open(`&run=${run.runId}`);
    await until(() => page.locator('.visit-state').allTextContents()).toEqual(
      run.steps.flatMap(({ to }) => (to === '[*]' ? [] : [to])),
    );
    expect(await page.locator('.row').first().locator('.row-tool').textContent()).toBe(run.tool);
    expect(complaints).toEqual([]);
  });

  it('highlights transitions and counts the runs in each state in the view of all runs', async () => {
    const { page } = await open();
    await page.locator('.connection.is-live').waitFor();
    await note(page, '.arrow.highlighted', 'data-to');
    const steps = server.live(fresh(3));
    steps.next();
    steps.next();
    await until(() => noted(page)).toEqual(expect.arrayContaining(['Executing', 'ErrorDetected']));
    await page.locator('.state[data-state="ErrorDetected"] .present').waitFor();
    const arrow = page.locator('.arrow[data-from="Success"][data-to="Logging"]');
    const before = Number(/(\d+) times/.exec((await arrow.getAttribute('aria-label')) ?? '')?.[1]);
    for (const _ of steps);
    await until(() => arrow.getAttribute('aria-label')).toContain(`taken ${before + 1} times`);
    await until(() => page.locator('.state .present').count()).toBe(0);
  });

  it('opens each new run if it follows', async () => {
    const { page } = await open();
    await page.locator('.connection.is-live').waitFor();
    await page.getByLabel('Follow new runs').check();
    for (const number of [4, 5]) {
      const run = fresh(number);
      for (const _ of server.live(run));
      await until(() => page.locator('.run-id').textContent()).toBe(run.runId);
    }
  });

  it('keeps the scroll position of the list, and shows the number of new runs', async () => {
    const { page } = await open();
    await page.locator('.connection.is-live').waitFor();
    await page.locator('#run-list').focus();
    await page.keyboard.press('End');
    const last = page.locator('.row').last();
    await until(() => last.getAttribute('aria-posinset')).toBe('60');
    const seen = await last.textContent();
    for (const number of [6, 7]) server.put(fresh(number));
    await page.getByRole('button', { name: '2 new runs' }).waitFor();
    expect(await last.textContent()).toBe(seen);
    await page.getByRole('button', { name: '2 new runs' }).click();
    await until(() => page.locator('.found [role="status"]').textContent()).toBe('62 runs');
    expect(await page.locator('.row').first().getAttribute('aria-posinset')).toBe('1');
  });

  it('hides runs that do not match the filters, and removes runs that no longer do', async () => {
    const { page } = await open('&outcome=running');
    await page.getByText('No run fits these filters.').waitFor();
    await page.locator('.connection.is-live').waitFor();
    server.put(fresh(8));
    const steps = server.live(fresh(9));
    steps.next();
    await until(() => page.locator('.found [role="status"]').textContent()).toBe('1 match');
    for (const _ of steps);
    await page.getByText('No run fits these filters.').waitFor();
  });

  it('reports a lost connection, reconnects, and then shows what it missed', async () => {
    const { page } = await open();
    await page.locator('.connection.is-live').waitFor();
    await server.stop();
    await page.getByText('healflow does not respond.').waitFor();
    expect(await page.locator('.row').count()).toBeGreaterThan(3);
    const missed = fresh(10, { tool: 'missed_tool' });
    server.put(missed);
    await server.open();
    await page.locator('.connection.is-live').waitFor();
    await until(() => page.locator('.row-tool').first().textContent()).toBe('missed_tool');
    expect(await page.locator('.banner').count()).toBe(0);
  });

  it('handles 20,000 events without growing its list or losing the last', async () => {
    const { page, complaints } = await open();
    await page.locator('.connection.is-live').waitFor();
    for (let number = 0; number < 20_000; number += 1) {
      const { steps: _, ...run } = fresh(1);
      server.push('run', { ...run, runId: `flood-${number}`, startedAt: newest + 100_000 + number });
    }
    server.push('run', { ...fresh(11), tool: 'the_last', startedAt: newest + 1_000_000 });
    await until(() => page.locator('.row-tool').first().textContent()).toBe('the_last');
    // The key End would also open the last run, which the server does not know.
    await page.locator('#run-list').evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await page.getByRole('button', { name: 'Load older runs' }).waitFor();
    expect(Number(await page.locator('.row').last().getAttribute('aria-posinset'))).toBeLessThanOrEqual(10_500);
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a page whose requests fail', () => {
  it('asks for the printed URL if the token is missing or wrong, and accepts a pasted one', async () => {
    const origin = new URL(server.url).origin;
    const { page } = await window.load(`${origin}/#token=wrong`);
    await page.getByText('This URL is no longer valid').waitFor();
    await page.getByLabel('Printed URL or token').fill(server.url);
    await page.keyboard.press('Enter');
    await page.locator('.row').first().waitFor();
    expect(page.url()).toBe(server.url);
  });

  it('keeps the token when the URL changes, and never sends it in a path', async () => {
    const { page } = await open();
    await page.locator('.row').first().waitFor();
    await page.evaluate('location.hash = "#view=totals"');
    await page.getByRole('heading', { name: 'Totals' }).waitFor();
    await until(async () => page.url()).toBe(`${server.url}&view=totals`);
    expect(server.requested.filter((path) => path.includes(server.token))).toEqual([]);
  });

  it('reports errors of the list, a run and the totals, each with a retry button', async () => {
    server.fail(/runs|totals/);
    const { page } = await open('&run=run-000060');
    await page.getByText('The runs could not be loaded. the log could not be read').waitFor();
    await page.getByText('The run could not be loaded. the log could not be read').waitFor();
    server.fail(null);
    for (const place of ['.pane-list', '.pane-run']) await page.locator(place).getByText('Try again').click();
    await page.locator('#run-title').waitFor();
    await page.locator('.row').first().waitFor();
    await page.getByRole('link', { name: 'Totals' }).click();
    await page.getByText('The totals could not be loaded.').waitFor();
    await page.getByText('Try again').click();
    await until(() => page.locator('.tile').count()).toBe(5);
  });

  it('reports that a run is no longer stored', async () => {
    const { page } = await open('&run=long-gone');
    await page.getByText('This run is not kept any more').waitFor();
  });

  it('explains the page if there are no runs', async () => {
    await server.close();
    server = await startPageServer({ runs: [], chart, folder });
    const { page, complaints } = await open();
    await page.getByText('No runs yet.').waitFor();
    await page.getByRole('link', { name: 'Totals' }).click();
    await page.getByText('Nothing yet.').first().waitFor();
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a page for an exported file', () => {
  it('shows only its run, without other views or events', async () => {
    await server.close();
    const run = fresh(12, { tool: 'from_the_report' });
    server = await startPageServer({ chart, folder, mode: { mode: 'file', run } });
    const { page, complaints } = await open();
    await page.getByRole('heading', { name: 'from_the_report' }).waitFor();
    expect(await page.locator('nav').count()).toBe(0);
    expect(server.requested).not.toContain('/api/runs');
    expect(server.requested).not.toContain('/api/stream');
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('.state.visited').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
