// The inspector's page with 10,000 runs: `npm run build && npm run bench:inspector:page`, in Debian's chromium (or $CHROMIUM).
// Measures the time until the first runs are visible, whether scrolling stalls, and the memory after 100,000 further runs.
// Each time is given as elapsed and as computing time of the page, which other load hardly changes; the bounds are for the latter.
// `-- --write` writes page-notes.md, `-- --json` prints everything as JSON. The exit code is 1 if a bound is missed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'rolldown';
import { chart } from '../../dist/machines/chart.js';
import { machineText } from '../harness/machine.mjs';
import { median } from '../harness/numbers.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kept = 10_000;
const healings = 100_000;
const bounds = { firstRowMs: 1000, longestTaskMs: 100, heapGrowthMb: 20 };

mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache/bench-page-'));
const load = async (name) => {
  const file = join(folder, `${name}.mjs`);
  await build({
    input: join(root, `test/inspector/page/${name}.ts`),
    platform: 'node',
    output: { file, format: 'es' },
    logLevel: 'silent',
  });
  return import(pathToFileURL(file).href);
};

/** Records paints and long tasks from the start. */
const watch = () => {
  globalThis.longTasks = [];
  globalThis.firstRow = 0;
  new PerformanceObserver((list) =>
    globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  ).observe({
    type: 'longtask',
    buffered: true,
  });
  const look = () => {
    if (document.querySelector('.row')) globalThis.firstRow = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

/** Reads how long a page's main thread has computed, in ms. */
const computingOf = async (page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
};

try {
  const { makeRuns, summaryOf } = await load('data');
  const { startPageServer } = await load('server');
  const runs = makeRuns(kept);
  const server = await startPageServer({ runs, chart, folder: join(root, 'dist/inspector-page') });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const open = async () => {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.addInitScript(watch);
    const computed = await computingOf(page);
    const before = await computed();
    await page.goto(server.url);
    await page.waitForFunction(() => globalThis.firstRow > 0);
    return { page, computed, startMs: (await computed()) - before };
  };

  const starts = [];
  for (let round = 0; round < 5; round += 1) {
    const { page, startMs } = await open();
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    starts.push({ startMs, paintMs: paint, firstRowMs: await page.evaluate(() => globalThis.firstRow) });
    await page.context().close();
  }

  const { page, computed } = await open();
  await page.waitForTimeout(500);
  await page.evaluate(() => globalThis.longTasks.splice(0));
  await page.mouse.move(200, 600);
  // Down through all 10,000, as fast as a mouse wheel, with a little up in between.
  const list = page.locator('#run-list');
  const turns = [];
  let last = await computed();
  for (let turn = 0; turn < 3000; turn += 1) {
    await page.mouse.wheel(0, turn % 20 === 19 ? -400 : 900);
    const now = await computed();
    turns.push(now - last);
    last = now;
    if (turn % 25 === 0) await page.waitForTimeout(10);
    if (
      turn % 50 === 0 &&
      (await list.evaluate((e) => e.scrollTop + e.clientHeight >= e.scrollHeight - 1 && e.scrollHeight > 700_000))
    )
      break;
  }
  const scrolled = await list.evaluate((element) => Math.round(element.scrollTop / 72));
  const scrolling = await page.evaluate(() => globalThis.longTasks.splice(0));

  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 1e6;
  };
  await list.evaluate((element) => {
    element.scrollTop = 0;
  });
  await page.waitForTimeout(200);
  const flood = async (from, to) => {
    for (let number = from; number < to; number += 1) {
      const run = runs[number % kept];
      const startedAt = runs[0].startedAt + 1000 + number;
      server.push('run', { ...summaryOf(run), runId: `flood-${number}`, startedAt });
      if (number % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 4));
    }
    await page.waitForFunction(
      (time) => Date.parse(document.querySelector('.row time')?.dateTime ?? '') >= time,
      runs[0].startedAt + 1000 + to - 1,
      { timeout: 60_000 },
    );
  };
  await flood(0, healings / 5);
  await page.evaluate(() => globalThis.longTasks.splice(0));
  const before = await heap();
  await flood(healings / 5, healings);
  const after = await heap();
  const flooding = await page.evaluate(() => globalThis.longTasks.splice(0));
  await browser.close();
  await server.close();

  const result = {
    firstPaintMs: Math.round(median(starts.map(({ paintMs }) => paintMs))),
    firstRowMs: Math.round(median(starts.map(({ firstRowMs }) => firstRowMs))),
    firstRowComputingMs: Math.round(median(starts.map(({ startMs }) => startMs))),
    scrolledRows: scrolled,
    longestTurnComputingMs: Math.round(Math.max(0, ...turns)),
    longestTaskScrollingMs: Math.round(Math.max(0, ...scrolling)),
    longestTaskFloodMs: Math.round(Math.max(0, ...flooding)),
    heapBeforeMb: Math.round(before * 10) / 10,
    heapAfterMb: Math.round(after * 10) / 10,
  };
  const ok =
    result.firstRowComputingMs < bounds.firstRowMs &&
    result.scrolledRows > 0.95 * kept &&
    result.longestTurnComputingMs <= bounds.longestTaskMs &&
    after - before < bounds.heapGrowthMb;
  const text = `# The inspector's page

On ${machineText()}, in Debian's chromium without a GPU; ${kept.toLocaleString('en')} runs kept.

| what | elapsed | computing | bound |
| --- | --- | --- | --- |
| first paint, median of 5 | ${result.firstPaintMs} ms | | |
| first visible rows, median of 5 | ${result.firstRowMs} ms | ${result.firstRowComputingMs} ms | ${bounds.firstRowMs} ms |
| scrolling down ${result.scrolledRows.toLocaleString('en')} runs: the longest task, and the most that one wheel event takes | ${result.longestTaskScrollingMs || '< 50'} ms | ${result.longestTurnComputingMs} ms | ${bounds.longestTaskMs} ms |
| ${(0.8 * healings).toLocaleString('en')} further runs: the longest task | ${result.longestTaskFloodMs || '< 50'} ms | | |
| heap of the page after ${(0.2 * healings).toLocaleString('en')} runs, and after ${healings.toLocaleString('en')} | ${result.heapBeforeMb} MB | ${result.heapAfterMb} MB | ${bounds.heapGrowthMb} MB more |
`;
  console.log(process.argv.includes('--json') ? JSON.stringify({ ...result, ok }) : text);
  if (process.argv.includes('--write')) writeFileSync(new URL('./page-notes.md', import.meta.url), text);
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
