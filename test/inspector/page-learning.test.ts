import { readFileSync, rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chart } from '../../machines/chart.ts';
import { systemClock } from '../../src/clock.ts';
import { LearningApi } from '../../src/inspector/learning-api.ts';
import { buildPage, hasBrowser, openWindow, startBrowser, type TestWindow } from '../support/browser.ts';
import { inspectFolder, proposedFolder } from './learning-files.ts';
import { makeRun, seeded } from './page/data.ts';
import { FakeLearning, signatureIds, taint } from './page/learning.ts';
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

describe.skipIf(!hasBrowser)('the page of what was learned', () => {
  let learning: FakeLearning;
  let server: PageServer;
  const run = {
    ...makeRun({ number: 1, startedAt: Date.UTC(2026, 1, 4), random: seeded(7), way: 'twice' }),
    signature: signatureIds.tunnel,
  };
  /** The browser reports each request that is refused. */
  let refusals: number;
  beforeEach(async () => {
    refusals = 0;
    learning = new FakeLearning(Date.now());
    server = await startPageServer({ chart, folder, runs: [run], learning: new LearningApi(learning, systemClock) });
  });
  afterEach(async () => {
    const complaints = await window.clear();
    await server.close();
    expect(complaints.filter((text) => !text.includes('status of 4'))).toEqual([]);
    expect(complaints).toHaveLength(refusals);
  });

  const open = async (more = '&view=learning'): Promise<Page> => (await window.load(`${server.url}${more}`)).page;
  const card = (page: Page, name: string) => page.getByRole('article', { name });
  const dialog = (page: Page) => page.getByRole('dialog');

  it('shows failures, lessons, repairs and trials, each number with how many it rests on', async () => {
    const page = await open('');
    await page.getByRole('link', { name: 'Learning' }).click();
    const failure = await card(page, 'connect ETIMEDOUT <host>').textContent();
    expect(failure).toMatch(/Seen14 times in 3 tools: k8s_get_pods \(9\), gitlab_jobs \(4\), pg_query \(1\)/);
    expect(failure).toMatch(/Ends by itself1 of 14 \(1–32 %\)/);
    expect(failure).toMatch(
      /nmcli connection up office4 of 4 \(51–100 %\)2 runs without a check, not counted95:122 min ago/,
    );
    expect(failure).toMatch(/A part of it was masked[\s\S]*1 of 6 \(3–56 %\)1:32/);
    const lesson = await card(page, 'office-tunnel').textContent();
    expect(lesson).toMatch(
      /shadow[\s\S]*Approved by Mira, 26 h ago\.[\s\S]*4 of 4 \(51–100 %\)[\s\S]*1 of 14[\s\S]*95:1/,
    );
    expect(await card(page, 'edited-by-hand').textContent()).toMatch(
      /The file was changed after its approval[\s\S]*The file says ask, but the lesson counts as proposed[\s\S]*Succeeded after itunknownEnds by itselfunknownOddsunknown/,
    );
    const records = await page.locator('section[aria-labelledby="learning-records"] tbody').textContent();
    expect(records).toMatch(/needless: it ended by itself[\s\S]*failed before, succeeded after[\s\S]*not checked/);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toBe('healflow inspector');
  });

  it('leads from a run to its failure, and puts the focus there', async () => {
    const page = await open(`&run=${run.runId}`);
    await page.getByRole('link', { name: 'What was learned about this failure' }).click();
    await until(() => page.locator(':focus').getAttribute('id')).toBe(`signature-${signatureIds.tunnel}`);
    await page.getByRole('link', { name: 'Show them in order' }).click();
    await until(() => page.locator('.is-chosen').count()).toBe(0);
  });

  it('finds a failure that is not among the first ones, or says that there is none', async () => {
    const [one] = learning.state.signatures;
    const many = Array.from({ length: 100 }, (_, index) => ({ ...one, id: `1${String(index).padStart(15, '0')}` }));
    const rare = { ...one, id: signatureIds.rare, line: 'a rare failure' };
    learning.state = { ...learning.state, signatures: [...many, rare] as FakeLearning['state']['signatures'] };
    const page = await open(`&view=learning&sig=${signatureIds.rare}`);
    await card(page, 'a rare failure').waitFor();
    await page.getByText('and 1 that were seen less often').waitFor();
    await window.clear();
    refusals = 1;
    await open('&view=learning&sig=00000000000000ff');
    await page.getByText('The log has nothing about this failure yet.').waitFor();
  });

  it('approves a lesson with a tainted argument only if it is typed again', async () => {
    learning.taints = [taint];
    const page = await open();
    // By keyboard.
    await page.getByRole('button', { name: 'Approve for ask: office-tunnel' }).press('Enter');
    await dialog(page).getByText('+ added: rung: ask').waitFor();
    expect(await dialog(page).textContent()).toMatch(
      /nmcli connection up office-vpn-3[\s\S]*4 of 4 \(51–100 %\)[\s\S]*- removed: rung: shadow[\s\S]*14 of 230 failures[\s\S]*0 of 412 texts/,
    );
    expect(await page.locator(':focus').textContent()).toBe('Cancel');
    const submit = dialog(page).getByRole('button', { name: 'Approve for ask' });
    // The form needs the argument and the name.
    await submit.click();
    expect(await page.locator(':focus').getAttribute('required')).not.toBeNull();
    await page.getByLabel('Type argument 3 again').fill('office-vpn-2');
    await page.getByLabel('Your name').fill('Tom');
    await submit.click();
    await dialog(page).getByRole('alert').getByText('Type it again').waitFor();
    refusals = 1;
    expect(learning.moves).toEqual([]);
    await page.getByLabel('Type argument 3 again').fill(taint.argument);
    await page.getByLabel('Reason').fill(' seen in the shadow ');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    expect(learning.moves).toEqual([{ name: 'office-tunnel', to: 'ask', by: 'Tom', reason: 'seen in the shadow' }]);
    await card(page, 'office-tunnel').getByText('Approved by Tom').waitFor();
    expect(await page.getByRole('status').last().textContent()).toBe('Moved to ask: office-tunnel');
  });

  it('retires a lesson with a reason', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Retire: office-tunnel' }).click();
    await page.getByLabel('Your name').fill('Tom');
    await dialog(page).getByText('What changes in its file').waitFor();
    await dialog(page).getByRole('button', { name: 'Retire' }).click();
    // The form needs a reason.
    expect(await page.locator(':focus').getAttribute('maxlength')).toBe('500');
    await page.getByLabel('Reason').fill('the gateway is gone');
    await dialog(page).getByRole('button', { name: 'Retire' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await card(page, 'office-tunnel').getByText('Retired by Tom').waitFor();
    expect(learning.moves).toEqual([
      { name: 'office-tunnel', to: 'retired', by: 'Tom', reason: 'the gateway is gone' },
    ]);
  });

  it('changes nothing if a person cancels', async () => {
    const page = await open();
    for (const key of ['Enter', 'Escape']) {
      await page.getByRole('button', { name: 'Approve for ask: office-tunnel' }).click();
      await dialog(page).getByText('What changes in its file').waitFor();
      // What has the focus first changes nothing.
      await page.keyboard.press(key);
      await dialog(page).waitFor({ state: 'detached' });
    }
    expect(learning.moves).toEqual([]);
  });

  it('tells the second of two people that the lesson has changed', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Approve for ask: office-tunnel' }).click();
    await dialog(page).getByText('What changes in its file').waitFor();
    learning.change('office-tunnel', { version: 'of somebody else' });
    await page.getByLabel('Your name').fill('Tom');
    await dialog(page).getByRole('button', { name: 'Approve for ask' }).click();
    await dialog(page).getByRole('alert').getByText('was changed after you opened it').waitFor();
    refusals = 1;
    expect(learning.moves).toEqual([]);
  });

  it('says why a lesson cannot be approved', async () => {
    learning.refusal = 'its pattern has a false match';
    learning.cannotRun = '`/usr/bin/nmcli` is not in `learn.programs`';
    learning.falseMatches = [{ kind: 'healthy', text: '14 pods are ready', source: 'the samples of healflow' }];
    const page = await open();
    await page.getByRole('button', { name: 'Approve for ask: office-tunnel' }).click();
    await dialog(page).getByRole('alert').getByText('its pattern has a false match').waitFor();
    expect(await dialog(page).textContent()).toMatch(
      /1 false match:a text without a failure \(the samples of healflow\): 14 pods are ready[\s\S]*not in `learn.programs`/,
    );
    expect(await dialog(page).getByRole('button', { name: 'Approve for ask' }).isDisabled()).toBe(true);
  });

  it('shows the last state if the files cannot be read', async () => {
    learning.problem = 'EACCES: permission denied';
    const page = await open();
    await page.getByRole('alert').getByText('EACCES').waitFor();
    await page.getByText('It is tried again.').waitFor();
  });

  it('has no link if there is nothing', async () => {
    learning.state = { ...learning.state, signatures: [], lessons: [], records: [], recordCount: 0 };
    const other = await startPageServer({ chart, folder, learning: new LearningApi(learning, systemClock) });
    const { page } = await window.load(`${other.url}&view=limits`);
    await page.getByRole('link', { name: 'Limits' }).waitFor();
    await page.locator('.connection.is-live').waitFor();
    expect(await page.getByRole('link', { name: 'Learning' }).count()).toBe(0);
    await window.load(`${other.url}&view=learning`);
    await page.getByText('Nothing yet.').waitFor();
    await other.close();
    await window.clear();
  });
});

describe.skipIf(!hasBrowser)('the page of what was learned, served by healflow with its files', () => {
  it('moves a lesson, whose file then says who did it', async () => {
    const folder = await proposedFolder();
    const inspector = await inspectFolder(folder);
    const { page } = await window.load(`${inspector.url}&view=learning`);
    const lesson = page.getByRole('article', { name: 'tunnel proposed' });
    expect(await lesson.textContent()).toMatch(/systemctl restart tunnel[\s\S]*Odds after each repair and trial/);
    await page.getByRole('button', { name: 'Approve for shadow: tunnel' }).click();
    await page.getByRole('dialog').getByText('+ added: rung: shadow').waitFor();
    await page.getByLabel('Your name').fill('Tom');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'tunnel shadow' }).getByText('Approved by Tom').waitFor();
    await page.getByRole('button', { name: 'Retire: tunnel' }).click();
    await page.getByRole('dialog').getByText('+ added: rung: retired').waitFor();
    await page.getByLabel('Reason').fill('the tunnel is gone');
    await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click();
    await page.getByRole('article', { name: 'tunnel retired' }).getByText('Retired by Tom').waitFor();
    expect(await window.clear()).toEqual([]);
    expect(readFileSync(`${folder}/lessons/tunnel.yaml`, 'utf8')).toMatch(/by: Tom[\s\S]*reason: the tunnel is gone/);
  });
});
