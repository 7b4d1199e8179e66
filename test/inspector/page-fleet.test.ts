import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chart } from '../../machines/chart.ts';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import { InspectorServer } from '../../src/inspector/inspector.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { useFleetServer, withClient } from '../fleet/fleet-server.ts';
import { buildPage, hasBrowser, openWindow, startBrowser, type TestWindow } from '../support/browser.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { PageFleet } from './page/fleet.ts';
import { type PageServer, startPageServer } from './page/server.ts';

// A browser is slow on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
let browser: Browser;
let window: TestWindow;

const until = (what: () => unknown) => expect.poll(what, { timeout: 15_000, interval: 30 });

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = buildPage();
  browser = await startBrowser();
  window = await openWindow(browser);
});

afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasBrowser)('the page of a fleet', () => {
  let fleet: PageFleet;
  let server: PageServer;
  beforeEach(async () => {
    fleet = new PageFleet(Date.now());
    server = await startPageServer({ chart, folder, fleet });
  });
  afterEach(async () => {
    const complaints = await window.clear();
    await server.close();
    // A browser reports each refused request.
    expect(complaints.filter((text) => fleet.refusal === null || !text.includes(String(fleet.refusal.status)))).toEqual(
      [],
    );
  });

  const open = async (more = '&view=fleet'): Promise<Page> => (await window.load(`${server.url}${more}`)).page;
  const card = (page: Page, key: string) => page.locator('.cards .card', { hasText: key });
  const dialog = (page: Page) => page.getByRole('dialog');

  it('shows machines, leases, cool-downs, budgets, approvals and events', async () => {
    const page = await open('');
    await page.getByRole('link', { name: 'Fleet' }).click();
    const textOf = (id: string) => page.locator(`section[aria-labelledby="${id}"]`).textContent();
    await page.locator('#fleet-events').waitFor();
    expect(await textOf('machines')).toMatch(
      /build-03\s*1\.0\.0\s*2 h ago\s*up to date\s*22 min ago\s*37,035\s*10 min behind/,
    );
    expect(await textOf('machines')).toContain('48.2 MB behind');
    expect(await textOf('leases')).toMatch(
      /host:vpn_connect:eu-1\s*running\s*process 4211 on build-07\s*for \d+ s\s*\d+ s left/,
    );
    expect(await textOf('leases')).toMatch(
      /overdue[\s\S]*over by 1 min[\s\S]*holder gone[\s\S]*a person is asked[\s\S]*ended 1 h ago/,
    );
    expect(await textOf('fleet-fixes')).toMatch(
      /failed \d+ s ago\s*exit code 1 after 2\.1 s\s*\d+ s left\s*2 of 3 in 10 min/,
    );
    expect(await card(page, '4f6c0d1a92be').textContent()).toMatch(
      /pending[\s\S]*gatewayctl restart eu-1[\s\S]*k8s_get_pods: connect ETIMEDOUT[\s\S]*by process 4211 on build-07[\s\S]*23 h \d+ min left/,
    );
    expect(await card(page, '0a1b2c3d4e5f').textContent()).toMatch(
      /Denied\s*1 min ago by bob: the cluster is being upgraded/,
    );
    expect(await page.locator('.plot .bar').count()).toBe(72);
    expect(await textOf('events-by-tool')).toContain('pg_query');
    expect(await page.getByText('and 46 more').isVisible()).toBe(true);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('has no buttons for a reader', async () => {
    fleet.overview = fleet.overview && { ...fleet.overview, role: 'carol', canDecide: false };
    const page = await open();
    await card(page, '4f6c0d1a92be').waitFor();
    await page.getByText('who may not decide approvals').waitFor();
    expect(await page.locator('main button').count()).toBe(0);
  });

  it('sends a decision only after a second step that shows what would run', async () => {
    const page = await open();
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Approve' }).click();
    const shown = fleet.overview?.approvals[0]?.action ?? '';
    expect(await dialog(page).locator('pre').textContent()).toBe(shown);
    expect(await dialog(page).textContent()).toContain('process 4211 on build-07');
    // What has the focus first changes nothing.
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Deny' }).click();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(fleet.decisions).toEqual([]);
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Approve' }).click();
    await page.getByLabel('Reason').fill('  agreed with the network team ');
    await page.getByRole('button', { name: 'Approve one run' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await until(() => card(page, '4f6c0d1a92be').textContent()).toMatch(
      /approved[\s\S]*by alice: agreed with the network team/,
    );
    expect(fleet.decisions).toEqual([{ id: '4f6c0d1a92be', approve: true, reason: 'agreed with the network team' }]);
    expect(await page.getByRole('status').last().textContent()).toBe('Approved: host:vpn_connect:eu-1');
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('button', { name: 'Deny for 24 hours' }).click();
    await until(() => fleet.decisions.at(-1)).toEqual({ id: '4f6c0d1a92be', approve: false, reason: null });
  });

  it('says that a text is cut, on the card and in the second step', async () => {
    const known = fleet.overview;
    fleet.overview = known && {
      ...known,
      approvals: known.approvals.map((one) =>
        one.id === '4f6c0d1a92be' ? { ...one, action: `gatewayctl ${'x'.repeat(480)}…` } : one,
      ),
    };
    const page = await open();
    await card(page, '4f6c0d1a92be').getByText('This text is cut').waitFor();
    expect(await card(page, '0a1b2c3d4e5f').getByText('This text is cut').count()).toBe(0);
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Approve' }).click();
    await dialog(page).getByText('This text is cut').waitFor();
  });

  it('says why a decision was refused, and does not take that for an invalid token', async () => {
    fleet.refusal = { status: 403, code: 'NOT_APPROVER', message: 'this role may not decide: only an approver may' };
    const page = await open();
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'Approve one run' }).click();
    await dialog(page).getByText('only an approver may').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await card(page, '4f6c0d1a92be').isVisible()).toBe(true);
  });

  it('lets nobody decide what is used while they read it', async () => {
    const page = await open();
    await card(page, '4f6c0d1a92be').getByRole('button', { name: 'Deny' }).click();
    const known = fleet.overview;
    fleet.overview = known && {
      ...known,
      approvals: known.approvals.map((one) => (one.id === '4f6c0d1a92be' ? { ...one, state: 'used' as const } : one)),
    };
    await dialog(page).getByText('It has been used in the meantime.').waitFor();
    expect(await page.getByRole('button', { name: 'Deny for 24 hours' }).isDisabled()).toBe(true);
  });

  it('says that the database is lost, shows the last state, and goes on when it is back', async () => {
    const page = await open();
    await card(page, '4f6c0d1a92be').waitFor();
    fleet.problem = 'The database of the fleet cannot be reached: connect ECONNREFUSED';
    await page.getByRole('alert').getByText('connect ECONNREFUSED').waitFor();
    await page.getByText(/The page shows what it was at \d\d:\d\d:\d\d, and tries again/).waitFor();
    expect(await card(page, '4f6c0d1a92be').isVisible()).toBe(true);
    fleet.problem = null;
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('asks every two seconds while it is looked at, and else not at all', async () => {
    const own = await openWindow(browser);
    const { page } = await own.load(server.url);
    await page.locator('.connection.is-live').waitFor();
    expect(fleet.looks).toBe(0);
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    /** Lets time pass, and then waits until the server has received what was sent meanwhile. */
    const pass = async (ms: number): Promise<number> => {
      await page.clock.runFor(ms);
      await page.evaluate("fetch('/icon.svg', { cache: 'no-store' }).then((response) => response.text())");
      return fleet.looks;
    };
    const setVisible = (state: 'visible' | 'hidden') =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByRole('link', { name: 'Fleet' }).click();
    await card(page, '4f6c0d1a92be').waitFor();
    expect(await pass(1_900)).toBe(1);
    await pass(200);
    await until(() => fleet.looks).toBe(2);
    await setVisible('hidden');
    const before = await pass(0);
    expect(await pass(20_000)).toBe(before);
    await setVisible('visible');
    await until(() => fleet.looks).toBe(before + 1);
    await page.getByRole('link', { name: 'Limits' }).click();
    const after = await pass(0);
    expect(await pass(20_000)).toBe(after);
    await page.context().close();
  });

  it('has no link without a fleet, and says how to get one', async () => {
    const other = await startPageServer({ chart, folder });
    const { page } = await window.load(`${other.url}&view=totals`);
    await page.getByRole('link', { name: 'Limits' }).waitFor();
    expect(await page.getByRole('link', { name: 'Fleet' }).count()).toBe(0);
    await window.load(`${other.url}&view=fleet`);
    await page.getByText('healflow inspect --fleet-url-env NAME').waitFor();
    await window.clear();
    await other.close();
  });
});

describe.skipIf(!hasBrowser || skipWithoutDatabases())(
  'the page of a fleet, served by healflow with a database',
  () => {
    const running = useFleetServer();

    it('has buttons for an approver only, and the database records who decided', async () => {
      const serve = async (role: string) => {
        const settings = () => databaseSettings(running.server.url(role, 'fleet'));
        const database = new FleetDatabase({ settings, clock: systemClock, machine: null });
        const inspector = new InspectorServer({});
        await inspector.watchFleet({ database, redact: createRedactor() });
        await inspector.open();
        return {
          url: `${inspector.url}&view=fleet`,
          close: async () => {
            await inspector.close();
            await database.close();
          },
        };
      };
      await withClient(running.server.url('fleet_app', 'fleet'), (client) =>
        client.query(
          "select healflow.ask_approval('fix', 'd', 'host:vpn_connect:eu-1', 'gatewayctl restart eu-1', 'get_pods', 'timed out', 'm', 'process 7 on host-1')",
        ),
      );
      const reader = await serve('fleet_reader');
      const { page } = await window.load(reader.url);
      await page.locator('.cards .card', { hasText: 'gatewayctl restart eu-1' }).waitFor();
      expect(await page.locator('main button').count()).toBe(0);
      expect(await window.clear()).toEqual([]);
      await reader.close();
      const approver = await serve('fleet_approver');
      await window.load(approver.url);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('button', { name: 'Approve one run' }).click();
      await page.locator('.cards .card', { hasText: 'approved' }).getByText('by fleet_approver').waitFor();
      expect(await window.clear()).toEqual([]);
      await approver.close();
      const { rows } = await withClient(running.server.url('fleet_reader', 'fleet'), (client) =>
        client.query('select state, decided_by from healflow.approvals'),
      );
      expect(rows).toEqual([{ state: 'approved', decided_by: 'fleet_approver' }]);
    });
  },
);
