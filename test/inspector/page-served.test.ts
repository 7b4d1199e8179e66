import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { InspectorServer } from '../../src/inspector/inspector.ts';
import { readExport } from '../../src/inspector/page/api/export-file.ts';
import {
  hasBrowser,
  note,
  noted,
  openWindow,
  startBrowser,
  type TestWindow,
  type Watched,
} from '../support/browser.ts';
import { unauthorized, watchedHealer } from './support.ts';

// The built page with healflow's real server, healer and log.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let browser: Browser;
let window: TestWindow;

const open = async (url: string): Promise<Watched['page']> => (await window.load(url)).page;
const until = (what: () => Promise<unknown>) => expect.poll(what, { timeout: 15_000, interval: 30 });

beforeAll(async () => {
  if (!hasBrowser) return;
  browser = await startBrowser();
  window = await openWindow(browser);
});

/** Leaves the page before its server ends, which it would complain about. */
const leave = async (): Promise<void> => expect(await window.clear()).toEqual([]);

afterEach(async () => {
  if (hasBrowser) await leave();
});

afterAll(async () => {
  await browser?.close();
});

const way = [
  'Executing',
  'ErrorDetected',
  'Analyzing',
  'FixAvailable',
  'ApplyingFix',
  'Retrying',
  'Success',
  'Logging',
];

/** A call that fails once, and whose second attempt succeeds once it is released. */
const gatedCall = () => {
  const gate = { open: (): void => {} };
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  let calls = 0;
  const task = async (): Promise<string> => {
    calls += 1;
    if (calls === 1) throw unauthorized();
    await opened;
    return 'pods';
  };
  return { gate, task };
};

describe.skipIf(!hasBrowser)('the page served by healflow', () => {
  it('shows a run that is being healed, state by state', async () => {
    const { inspector, healer } = await watchedHealer();
    const page = await open(inspector.url);
    await page.getByText('No runs yet.').waitFor();
    await page.locator('.connection.is-live').waitFor();
    const { gate, task } = gatedCall();
    const outcome = healer.runOutcome('k8s_get_pods', task);
    await page.locator('.row', { hasText: 'running' }).waitFor();
    await page.locator('.row').click();
    await until(() => page.locator('.state.current').getAttribute('data-state')).toBe('Retrying');
    await note(page, '.chart.of-run .state.current', 'data-state');
    gate.open();
    expect((await outcome).status).toBe('healed');
    await until(() => page.locator('.visit-state').allTextContents()).toEqual(way);
    await until(() => page.locator('.scrub-words').textContent()).toMatch(/^Step 9 of 9/);
    expect(await noted(page)).toEqual(expect.arrayContaining(['Success', 'Logging']));
    await page.locator('.run-head .is-healed').waitFor();
    expect(await page.locator('mark').textContent()).toContain('logged in');
    expect(await page.locator('#fixes-title ~ .card').textContent()).toContain('kube_login');
    await leave();
    await healer.close();
    await inspector.close();
  });

  it('shows the same on a page that is opened later, with totals and limits', async () => {
    const { inspector, healer, heal } = await watchedHealer();
    const { runId } = await heal();
    await healer.runOutcome(
      'apply',
      () => {
        throw new Error('<img src=x onerror=alert(1)> is forbidden: User "jane" cannot list resource "pods"');
      },
      { annotations: { readOnlyHint: true } },
    );
    const page = await open(`${inspector.url}&run=${runId}`);
    await until(() => page.locator('.visit-state').allTextContents()).toEqual(way);
    await until(() => page.locator('.row').count()).toBe(2);
    expect(await page.locator('.row-error').first().textContent()).toContain('<img src=x onerror=alert(1)>');
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('failed');
    await until(() => page.locator('.found [role="status"]').textContent()).toBe('1 match');
    await page.getByRole('searchbox').fill('FORBIDDEN');
    await until(() => page.locator('.row').count()).toBe(1);
    await page.getByRole('link', { name: 'Totals' }).click();
    await until(() => page.locator('.tile dd').allTextContents()).toEqual(['1', '1', '0', '0', '50.0 %']);
    await page.getByRole('link', { name: 'Limits' }).click();
    await page.locator('section', { hasText: 'Processes' }).getByText(String(process.pid)).waitFor();
    await leave();
    await healer.close();
    await inspector.close();
  });

  it('saves a run as a file that healflow can open', async () => {
    const { inspector, healer, heal } = await watchedHealer();
    const { runId } = await heal();
    const page = await open(`${inspector.url}&run=${runId}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    const saved = readExport(readFileSync(await download.path(), 'utf8'));
    await using viewer = new InspectorServer({}, saved);
    await viewer.open();
    await leave();
    await healer.close();
    await inspector.close();
    await open(viewer.url);
    await until(() => page.locator('.visit-state').allTextContents()).toEqual(way);
    expect(await page.locator('nav').count()).toBe(0);
  });

  it('shows runs from the log, without a path over the chart', async () => {
    const first = await watchedHealer();
    const { runId } = await first.heal('from_the_log');
    await first.healer.close();
    await first.inspector.close();
    const { inspector, healer } = await watchedHealer({ memoryDir: first.memoryDir });
    const page = await open(inspector.url);
    await page.locator('.row', { hasText: 'from_the_log' }).click();
    await page.getByText('This run is from the log, which does not record steps').waitFor();
    expect(page.url()).toContain(`run=${encodeURIComponent(runId)}`);
    await leave();
    await healer.close();
    await inspector.close();
  });
});
