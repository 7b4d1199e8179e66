import { describe, expect, it } from 'vitest';
import { BoundedSet } from '../../src/inspector/bounded-set.ts';
import { Counts } from '../../src/inspector/counts.ts';
import { Hub, type ViewerEvent } from '../../src/inspector/hub.ts';
import type { RunSummary, Step } from '../../src/inspector/model.ts';
import { keptOf, RunStore } from '../../src/inspector/run-store.ts';
import { TimeBuckets } from '../../src/inspector/time-buckets.ts';

const run = (runId: string, more: Partial<RunSummary> = {}): RunSummary => ({
  runId,
  tool: 'tool',
  kind: 'read-only',
  processId: 'one',
  startedAt: 0,
  endedAt: 5,
  status: 'healed',
  state: 'Success',
  class: 'auth',
  pattern: 'k8s',
  fixes: ['kube_login'],
  attempts: 2,
  durationMs: 5,
  error: null,
  ...more,
});

const stepping = (runId: string) => ({ ...keptOf(run(runId)), stepAt: () => step });

const step: Step = { seq: 1, at: 0, atMs: 0, from: 'Executing', to: 'ErrorDetected', durationMs: 1 };

describe('the runs that are kept', () => {
  it('are those that began last, in whatever order they came', () => {
    const store = new RunStore(100);
    const times = Array.from({ length: 1_000 }, (_, at) => (at * 387) % 1_000);
    for (const at of times) store.put(keptOf(run(`run ${at}`, { startedAt: at })));
    const kept = store.newestFirst().map(({ summary }) => summary.runId);
    expect(kept.length).toBeLessThanOrEqual(110);
    expect(kept.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, back) => `run ${999 - back}`));
  });
});

describe('names that are remembered', () => {
  it('are the newest, and never many more', () => {
    const seen = new BoundedSet(10);
    for (let at = 0; at < 100; at += 1) seen.add(String(at));
    const known = Array.from({ length: 100 }, (_, at) => at).filter((at) => seen.has(String(at)));
    expect(known.slice(-10)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(known.length).toBeLessThanOrEqual(20);
  });
});

describe('the totals', () => {
  it('count a run once that was seen before an old log told of very many', () => {
    const counts = new Counts();
    counts.add(run('seen'));
    for (let at = 0; at < 50_000; at += 1) counts.add(run(`old ${at}`), true);
    counts.add(run('seen'), true);
    expect(counts.totals.outcomes.healed).toBe(50_001);
  });

  it('add up the arrows of all processes, those that have ended included', () => {
    const counts = new Counts();
    counts.arrow('Retrying', 'Success');
    counts.arrowsOf('one', { 'Retrying->Success': 2 });
    counts.arrowsOf('one', { 'Retrying->Success': 5 });
    counts.arrowsOf('two', { 'Retrying->NoFix': 1 });
    counts.processEnded('one');
    counts.processEnded('one');
    expect(counts.totals.arrows).toEqual({ 'Retrying->Success': 6, 'Retrying->NoFix': 1 });
    expect(counts.ownArrows).toEqual({ 'Retrying->Success': 1 });
  });

  it('name no more tools than can be shown, however many there are', () => {
    const counts = new Counts();
    for (let at = 0; at < 5_000; at += 1) counts.add(run(`run ${at}`, { tool: `tool ${at}` }));
    expect(counts.totals.byTool).toHaveLength(1_001);
    expect(counts.totals.byTool.at(-1)).toEqual({
      name: '(others)',
      healed: 4_000,
      failed: 0,
      unknown: 0,
      succeeded: 0,
    });
  });

  it('span any time in a bounded number of steps, and lose none', () => {
    const buckets = new TimeBuckets();
    for (let day = 0; day < 1_000; day += 1) buckets.add(day * 86_400_000, 'healed');
    expect(buckets.list.length).toBeLessThanOrEqual(240);
    expect(buckets.list.reduce((sum, { healed }) => sum + healed, 0)).toBe(1_000);
  });
});

describe('what viewers are told', () => {
  const watch = (localOnly: boolean) => {
    let flush = () => {};
    const hub = new Hub((work) => {
      flush = work;
    });
    const told: ViewerEvent[] = [];
    hub.add({ localOnly, events: (events) => told.push(...events) });
    return { hub, told, flush: () => flush() };
  };

  it('comes together, with each run once', () => {
    const { hub, told, flush } = watch(false);
    const record = stepping('a');
    for (let count = 0; count < 3; count += 1) hub.stepped(record, 0);
    hub.changed(run('b'), step);
    expect(told).toEqual([]);
    flush();
    expect(told.map(({ event }) => event)).toEqual(['run', 'run', 'step', 'step', 'step', 'step']);
  });

  it('leaves out for another process what is not of this one', () => {
    const { hub, told, flush } = watch(true);
    hub.changed(run('of another'), step);
    hub.broadcast({ event: 'totals', data: {} });
    flush();
    expect(told).toEqual([]);
    hub.stepped(stepping('own'), 0);
    hub.changed(run('of another'), step);
    flush();
    expect(told).toEqual([
      { event: 'run', data: run('own') },
      { event: 'step', data: { runId: 'own', step } },
    ]);
  });

  it('is bounded while it waits', () => {
    const { hub, told, flush } = watch(false);
    for (let at = 0; at < 50_000; at += 1) hub.stepped(stepping(`run ${at}`), 0);
    flush();
    expect(told).toHaveLength(12_000);
  });

  it('is nothing that happened while nobody looked', () => {
    let asked = 0;
    const hub = new Hub(() => {
      asked += 1;
    });
    hub.stepped(stepping('a'), 0);
    hub.changed(run('b'));
    expect(asked).toBe(0);
  });
});
