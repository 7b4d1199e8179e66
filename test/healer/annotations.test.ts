import { describe, expect, it } from 'vitest';
import type { RunOptions, ToolAnnotations } from '../../src/model/run.ts';
import type { ToolKind } from '../../src/model/terms.ts';
import { diagnosisOf, ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const cutOff = () =>
  new ScriptedError(
    diagnosisOf({ class: 'network', fixes: ['retry_backoff'], situation: 'interrupted', delivered: 'maybe' }),
  );
const notSent = () =>
  new ScriptedError(diagnosisOf({ class: 'network', fixes: ['retry_backoff'], situation: 'not_sent' }));

const readOnly = { readOnlyHint: true };
const destructive = { destructiveHint: true };

/** Runs a tool that fails so often, with annotations that are asked for each time. */
const runWith = async (annotations: RunOptions['annotations'], failures: readonly Error[], eager = false) => {
  const bench = testHealer([scriptedFix('retry_backoff')], { attempts: 5 });
  let calls = 0;
  const run = bench.healer.runOutcome(
    'get_pods',
    () => {
      const error = failures[calls];
      calls += 1;
      if (error !== undefined) throw error;
      return 'pods';
    },
    { annotations, eager },
  );
  return { ...(await bench.clock.runUntil(run)), calls };
};

/** Returns the values one by one, the last one again and again. */
const inTurn = (...values: readonly (ToolAnnotations | undefined)[]) => {
  let asked = 0;
  const annotations = (): ToolAnnotations | undefined => values[Math.min(asked++, values.length - 1)];
  return Object.assign(annotations, { count: () => asked });
};

describe.each([false, true])('annotations that are a function, eager: %s', (eager) => {
  it('are not asked for a call that succeeds', async () => {
    const annotations = inTurn(readOnly);
    expect(await runWith(annotations, [], false)).toMatchObject({ status: 'succeeded' });
    expect(annotations.count()).toBe(0);
  });

  it('apply as they are before each retry', async () => {
    const outcome = await runWith(inTurn(readOnly, readOnly, destructive), [cutOff(), cutOff(), cutOff()], eager);
    expect(outcome).toMatchObject({
      calls: 2,
      kind: 'destructive',
      status: 'unknown',
      refusal: { code: 'REPEAT_UNSAFE' },
    });
  });

  it('may be a promise', async () => {
    const annotations = inTurn(readOnly);
    expect(await runWith(async () => annotations(), [cutOff()], eager)).toMatchObject({ calls: 2, status: 'healed' });
  });

  it('apply to the earlier attempts too: one of them may have taken effect', async () => {
    // By itself, the second attempt was never sent and could be made again.
    const outcome = await runWith(inTurn(readOnly, readOnly, undefined), [cutOff(), notSent()], eager);
    expect(outcome).toMatchObject({ calls: 2, status: 'unknown', refusal: { code: 'REPEAT_UNSAFE' } });
  });

  it('that turn laxer before a retry do not license the next one', async () => {
    const outcome = await runWith(inTurn({}, readOnly), [notSent(), cutOff(), cutOff()], eager);
    expect(outcome).toMatchObject({ calls: 2, kind: 'unannotated', refusal: { code: 'REPEAT_UNSAFE' } });
  });

  it.each<[string, ToolAnnotations, string]>([
    ['a harmless tool counts as unannotated', readOnly, 'unannotated'],
    ['a destructive one stays so', destructive, 'destructive'],
  ])('that cannot be had again: %s', async (_what, before, kind) => {
    let asked = 0;
    const annotations = (): ToolAnnotations => {
      asked += 1;
      if (asked > 1) throw new Error('the list is gone');
      return before;
    };
    const outcome = await runWith(annotations, [notSent(), cutOff()], eager);
    expect(outcome).toMatchObject({ calls: 2, kind, refusal: { code: 'REPEAT_UNSAFE' } });
  });
});

it('annotations that are never had end with the call', async () => {
  const control = new AbortController();
  const bench = testHealer([scriptedFix('retry_backoff')]);
  const outcome = bench.healer.runOutcome('get_pods', () => Promise.reject(cutOff()), {
    annotations: () => {
      queueMicrotask(() => control.abort());
      return new Promise(() => {});
    },
    signal: control.signal,
  });
  expect(await outcome).toMatchObject({ attempts: 1, refusal: { code: 'CANCELLED' } });
});

it('annotations that are never had are waited for during half of the time that is left', async () => {
  const bench = testHealer([scriptedFix('retry_backoff')], { deadlineMs: 10_000 });
  let report: unknown;
  void bench.healer
    .runOutcome('get_pods', () => Promise.reject(cutOff()), { annotations: () => new Promise(() => {}) })
    .then((outcome) => {
      report = outcome;
    });
  await bench.clock.advance(4_900);
  expect(report).toBeUndefined();
  await bench.clock.advance(200);
  expect(report).toMatchObject({ attempts: 1, kind: 'unannotated', refusal: { code: 'REPEAT_UNSAFE' } });
});

const outage = () =>
  new ScriptedError(
    diagnosisOf({ class: 'network', fixes: ['retry_backoff'], situation: 'backend_error', grade: 'report' }),
  );

it.each<[string, ToolAnnotations]>([
  ['unannotated', {}],
  ['idempotent', { idempotentHint: true }],
])('every try of an outage counts if the tool was %s when it was first called', async (kind, before) => {
  const bench = testHealer([scriptedFix('retry_backoff')], { attempts: 3 });
  let calls = 0;
  const run = bench.healer.runOutcome(
    'get_pods',
    () => {
      calls += 1;
      throw outage();
    },
    { annotations: inTurn(before, readOnly) },
  );
  expect(await bench.clock.runUntil(run)).toMatchObject({ kind, attempts: 3 });
  expect(calls).toBe(3);
});

describe('the annotations that a tool had when a proxy called it first', () => {
  const healWith = async (
    sentAnnotations: ToolAnnotations | undefined,
    now: ToolAnnotations,
    kind: ToolKind | null = null,
  ) => {
    const toolRules = () => ({ kind, replay: 'safe', reports: null, isStrict: false, upstream: 'default' }) as const;
    const bench = testHealer([scriptedFix('retry_backoff')], { toolRules });
    const first = { thrown: true, error: cutOff() } as const;
    const run = bench.healer.heal('get_pods', first, () => 'pods', { annotations: () => now, sentAnnotations });
    return bench.clock.runUntil(run);
  };

  it.each([
    [destructive, readOnly, 'destructive', 'unknown'],
    [{}, readOnly, 'unannotated', 'unknown'],
    [readOnly, destructive, 'destructive', 'unknown'],
    [undefined, readOnly, 'read-only', 'healed'],
    [readOnly, readOnly, 'read-only', 'healed'],
  ])('%o, and then %o: the tool counts as %s', async (sent, now, kind, status) => {
    expect(await healWith(sent, now)).toMatchObject({ kind, status });
  });

  it('do not matter if the config says what the tool is', async () => {
    expect(await healWith(destructive, readOnly, 'idempotent')).toMatchObject({ kind: 'idempotent', status: 'healed' });
  });
});
