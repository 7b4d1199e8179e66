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

describe('the stored runs', () => {
  it('are those with the latest start, whatever order they arrive in', () => {
    const store = new RunStore(100);
    const times = Array.from({ length: 1_000 }, (_, at) => (at * 387) % 1_000);
    for (const at of times) store.put(keptOf(run(`run ${at}`, { startedAt: at })));
    const kept = store.newestFirst().map(({ summary }) => summary.runId);
    expect(kept.length).toBeLessThanOrEqual(110);
    expect(kept.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, back) => `run ${999 - back}`));
  });
});

describe('remembered names', () => {
  it('are the newest, and bounded', () => {
    const seen = new BoundedSet(10);
    for (let at = 0; at < 100; at += 1) seen.add(String(at));
    const known = Array.from({ length: 100 }, (_, at) => at).filter((at) => seen.has(String(at)));
    expect(known.slice(-10)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(known.length).toBeLessThanOrEqual(20);
  });
});

describe('the totals', () => {
  it('count a run once, even if a long log was read in between', () => {
    const counts = new Counts();
    counts.add(run('seen'));
    for (let at = 0; at < 50_000; at += 1) counts.add(run(`old ${at}`), true);
    counts.add(run('seen'), true);
    expect(counts.totals.outcomes.healed).toBe(50_001);
  });

  it('add up the transitions of all processes, including ended ones', () => {
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

  it('have a bounded number of tools', () => {
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

  it('cover any time span in a bounded number of buckets, and lose no count', () => {
    const buckets = new TimeBuckets();
    for (let day = 0; day < 1_000; day += 1) buckets.add(day * 86_400_000, 'healed');
    expect(buckets.list.length).toBeLessThanOrEqual(240);
    expect(buckets.list.reduce((sum, { healed }) => sum + healed, 0)).toBe(1_000);
  });
});

describe('the events for viewers', () => {
  const watch = (localOnly: boolean) => {
    let flush = () => {};
    const hub = new Hub((work) => {
      flush = work;
    });
    const received: ViewerEvent[] = [];
    hub.add({ localOnly, events: (events) => received.push(...events) });
    return { hub, received, flush: () => flush() };
  };

  it('are sent in batches, with each run once', () => {
    const { hub, received, flush } = watch(false);
    const record = stepping('a');
    for (let count = 0; count < 3; count += 1) hub.stepped(record, 0);
    hub.changed(run('b'), step);
    expect(received).toEqual([]);
    flush();
    expect(received.map(({ event }) => event)).toEqual(['run', 'run', 'step', 'step', 'step', 'step']);
  });

  it('only include local runs for another process', () => {
    const { hub, received, flush } = watch(true);
    hub.changed(run('of another'), step);
    hub.broadcast({ event: 'totals', data: {} });
    flush();
    expect(received).toEqual([]);
    hub.stepped(stepping('own'), 0);
    hub.changed(run('of another'), step);
    flush();
    expect(received).toEqual([
      { event: 'run', data: run('own') },
      { event: 'step', data: { runId: 'own', step } },
    ]);
  });

  it('are bounded while they are queued', () => {
    const { hub, received, flush } = watch(false);
    for (let at = 0; at < 50_000; at += 1) hub.stepped(stepping(`run ${at}`), 0);
    flush();
    expect(received).toHaveLength(12_000);
  });

  it('do not include events from before the viewer connected', () => {
    let calls = 0;
    const hub = new Hub(() => {
      calls += 1;
    });
    hub.stepped(stepping('a'), 0);
    hub.changed(run('b'));
    expect(calls).toBe(0);
  });
});
