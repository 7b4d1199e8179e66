import { readFileSync, rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { chart } from '../../machines/chart.ts';
import {
  buildPage,
  hasBrowser,
  note,
  noted,
  openWindow,
  startBrowser,
  styleOf,
  type TestWindow,
  type Watched,
} from '../support/browser.ts';
import { makeRun, makeRuns, seeded } from './page/data.ts';
import { type PageServer, startPageServer } from './page/server.ts';

const random = seeded(7);
const newest = Date.UTC(2026, 1, 4, 10, 30);
const twice = makeRun({ number: 900_001, startedAt: newest + 60_000, random, way: 'twice', tool: 'k8s_get_pods' });
const runs = [twice, ...makeRuns(450)];

// A browser is slow on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
let browser: Browser;
let server: PageServer;
let window: TestWindow;

const open = (more = ''): Promise<Watched> => window.load(`${server.url}${more}`);

/** Polls the page until a condition holds. */
const until = (what: () => Promise<unknown>) => expect.poll(what, { timeout: 15_000, interval: 30 });

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = buildPage();
  [browser, server] = await Promise.all([startBrowser(), startPageServer({ runs, chart, folder })]);
  window = await openWindow(browser);
});

afterEach(async () => {
  if (hasBrowser) expect(await window.clear()).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasBrowser)('the page', () => {
  it('draws the nine states and fifteen transitions, with the counts of all runs', async () => {
    const { page } = await open();
    await until(() => page.locator('.chart .count').count()).toBeGreaterThan(10);
    const names = await page.locator('.chart .state .name').allTextContents();
    expect(names.sort()).toEqual(chart.states.map(({ name }) => name).sort());
    expect(await page.locator('.chart .arrow').count()).toBe(chart.arrows.length);
    const arrow = page.locator('.arrow[data-from="Retrying"][data-to="ErrorDetected"]');
    expect(await arrow.getAttribute('aria-label')).toMatch(/^Retrying to ErrorDetected.*: taken \d+ times$/);
    expect(await styleOf(page.locator('.chart .name').first(), 'user-select')).not.toBe('none');
  });

  it('shows the path of the open run, the duration of each state, and the match', async () => {
    const { page } = await open(`&run=${twice.runId}`);
    await page.getByRole('heading', { name: 'k8s_get_pods' }).waitFor();
    expect(await page.locator('.visit-state').allTextContents()).toEqual(
      twice.steps.flatMap(({ to }) => (to === '[*]' ? [] : [to])),
    );
    expect(await page.locator('.visit-time').allTextContents()).not.toContain('');
    expect(await page.locator('.state.visited').count()).toBe(8);
    expect(await page.locator('.state[data-state="NoFix"]').getAttribute('class')).not.toContain('visited');
    expect(await page.locator('.arrow[data-to="FixAvailable"] .count').textContent()).toBe('2');
    expect(await page.locator('mark').first().textContent()).toBe(twice.diagnoses[0]?.evidence);
    expect(await page.getByText('Repeating the call').count()).toBe(1);
    expect(await page.locator('#attempts-title + .table-frame tbody tr').count()).toBe(3);
  });

  it('shows the failure, the fix and the outcome above the chart', async () => {
    const { page } = await open(`&run=${twice.runId}`);
    const line = page.locator('.run-outcome');
    const { error, class: failureClass, fixes } = twice;
    const text = (await line.textContent()) ?? '';
    expect(text).toMatch(
      new RegExp(`^Failed ${failureClass} .+ Healed by ${fixes[0]} Outcome healed after 3 attempts$`),
    );
    expect(text).toContain(error);
    const tops = await Promise.all(
      ['.run-outcome', '.run-facts', '.chart.of-run'].map(async (part) => (await page.locator(part).boundingBox())?.y),
    );
    expect(tops).toEqual([...tops].sort((a = 0, b = 0) => a - b));
  });

  it('replays the run with the scrubber, using only the keyboard', async () => {
    const { page } = await open(`&run=${twice.runId}`);
    const slider = page.getByRole('slider', { name: 'Step of the run' });
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toBe('Before the start; 14 steps follow');
    expect(await page.locator('.state.visited').count()).toBe(0);
    for (const { to } of twice.steps.slice(0, 4)) {
      await page.keyboard.press('ArrowRight');
      await until(() => page.locator('.state.current').getAttribute('data-state')).toBe(to);
    }
    await page.keyboard.press('ArrowLeft');
    await until(() => page.locator('.state.current').getAttribute('data-state')).toBe(twice.steps[2]?.to);
    await page.keyboard.press('End');
    await until(() => slider.getAttribute('aria-valuetext')).toMatch(/^Step 14 of 14: ends after Logging/);
  });

  it('plays the run from its start, and stops on request', async () => {
    const { page } = await open(`&run=${twice.runId}`);
    await note(page, '.chart.of-run .state.current', 'data-state');
    await page.getByRole('button', { name: 'Play' }).click();
    await until(() => noted(page)).toEqual(expect.arrayContaining(['Executing', 'ErrorDetected']));
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(1);
    await page.locator('.visit', { hasText: 'Success' }).click();
    expect(await page.locator('.state.current').getAttribute('data-state')).toBe('Success');
  });

  it('searches and filters, keeps both in the URL, and supports the back button', async () => {
    const { page } = await open();
    const found = page.locator('.found [role="status"]');
    await until(() => found.textContent()).toBe('451 runs');
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('pg_query');
    const ofTool = runs.filter(({ tool }) => tool === 'pg_query');
    await until(() => found.textContent()).toBe(`${ofTool.length} matches`);
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('failed');
    const failed = ofTool.filter(({ status }) => status === 'failed');
    await until(() => found.textContent()).toBe(`${failed.length} match${failed.length === 1 ? '' : 'es'}`);
    expect(page.url()).toContain(`#token=${server.token}&tool=pg_query&outcome=failed`);
    await page.goBack();
    await until(() => found.textContent()).toBe(`${ofTool.length} matches`);
    await page.reload();
    await until(() => found.textContent()).toBe(`${ofTool.length} matches`);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('searchbox').fill('econnREFUSED');
    const sought = runs.filter(({ error }) => error?.includes('ECONNREFUSED'));
    await until(() => found.textContent()).toBe(`${sought.length} matches`);
    expect(page.url()).toContain('q=econnREFUSED');
    await page.getByRole('searchbox').fill('nothing like this');
    await page.getByText('No run fits these filters.').waitFor();
  });

  it('loads older runs while scrolling, and renders only visible rows', async () => {
    const { page } = await open();
    const list = page.locator('#run-list');
    await until(() => page.locator('.row').count()).toBeGreaterThan(5);
    await list.focus();
    for (const last of [200, 400, 451]) {
      await until(async () => {
        await page.keyboard.press('End');
        return page.locator('.row.is-active').getAttribute('aria-posinset');
      }).toBe(String(last));
    }
    expect(await page.locator('.row').count()).toBeLessThan(40);
    expect(await page.locator('.row.is-active').getAttribute('aria-setsize')).toBe('451');
  });

  it('can be used with only the keyboard: from the skip link to a run and its timeline', async () => {
    const { page } = await open();
    await until(() => page.locator('.row').count()).toBeGreaterThan(5);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the runs');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('run-list');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await until(() => page.locator('#run-title').textContent()).toBe(runs[1]?.tool);
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('run');
    const seen: (string | null)[] = [];
    for (let at = 0; at < 12; at += 1) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      seen.push((await focused.getAttribute('aria-label')) ?? (await focused.textContent()));
      expect(await styleOf(focused, 'outline-style')).toBe('solid');
    }
    expect(seen).toEqual(expect.arrayContaining(['Play', 'Step of the run']));
    expect(seen.some((text) => text?.startsWith('Executing'))).toBe(true);
  });

  it('saves a run as a file, and opens it on a server without that run', async () => {
    const { page } = await open(`&run=${twice.runId}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    const path = await download.path();
    expect(download.suggestedFilename()).toBe(`healflow-run-${twice.runId}.json`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ healflowExport: 1, run: { runId: twice.runId } });

    expect(await window.clear()).toEqual([]);
    await window.load(`${new URL(server.url).origin}/`);
    await page.getByText('Open the printed URL').waitFor();
    await page.locator('input[type="file"]').setInputFiles(path);
    await page.getByRole('heading', { name: 'k8s_get_pods' }).waitFor();
    expect(await page.locator('.visit').count()).toBe(13);
    expect(await page.getByRole('button', { name: 'Export', exact: true }).count()).toBe(0);
  });

  it('opens a dropped file, and reports an invalid one', async () => {
    const { page } = await open();
    await until(() => page.locator('.row').count()).toBeGreaterThan(5);
    const drop = (content: string) =>
      page.evaluate(`{
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([${JSON.stringify(content)}], 'run <b>.json', { type: 'application/json' }));
        for (const type of ['dragenter', 'drop']) {
          const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
          document.querySelector('.app').dispatchEvent(event);
        }
      }`);
    await drop('{"a":1}');
    await page.getByText('This file is not an exported run').waitFor();
    await drop(JSON.stringify({ healflowExport: 1, run: { ...twice, tool: 'from_a_file' } }));
    await page.getByRole('heading', { name: 'from_a_file' }).waitFor();
    await page.locator('.from-file', { hasText: 'run <b>.json' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'All runs' }).waitFor();
  });

  it('shows totals and limits, each plot with its numbers as a table', async () => {
    const { page } = await open('&view=totals');
    await page.getByRole('heading', { name: 'Totals' }).waitFor();
    await until(() => page.locator('.tile dd').count()).toBe(5);
    const healed = runs.filter(({ status }) => status === 'healed').length;
    expect(await page.locator('.tile dd').first().textContent()).toBe(String(healed));
    expect(await page.locator('figure.plot details table').count()).toBe(2);
    await page.getByText('As a table').first().click();
    const cells = await page.locator('figure.plot').first().locator('tbody td:nth-child(2)').allTextContents();
    expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(healed);
    await page.getByRole('link', { name: 'pg_query' }).click();
    await until(() => page.locator('.found [role="status"]').textContent()).toMatch(/^\d+ matches$/);
    await page.getByRole('link', { name: 'Limits' }).click();
    await page.getByText('Open: failures are returned as they are').waitFor();
    await page.getByText('2 of 3').waitFor();
  });
});
