import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HealingEvent, readStats } from '../../src/event-log/index.ts';
import { Quantiles } from '../../src/event-log/quantiles.ts';
import { anEvent, openLog, temporaryFolder } from './events.ts';

fc.configureGlobal({ seed: 20_260_204 });

const statsOf = (events: readonly HealingEvent[], healthy: Readonly<Record<string, number>> = {}) => {
  const memoryDir = temporaryFolder();
  const { log } = openLog(memoryDir);
  for (const event of events) log.append(event);
  for (const [tool, calls] of Object.entries(healthy)) for (let n = 0; n < calls; n += 1) log.count(tool);
  log.close();
  return readStats(memoryDir);
};

describe('the stats of a log', () => {
  it('add up calls, failures and outcomes by tool, class and fix', async () => {
    const { total, tools, classes, fixes, since, until } = await statsOf(
      [
        anEvent({ duration_ms: 100 }),
        anEvent({ duration_ms: 300, timestamp: '2026-02-04T11:00:00.000Z' }),
        anEvent({
          outcome: 'failed',
          result: 'failure',
          refusal: 'FIX_FAILED',
          fixes: [
            { fix: 'kube_login', status: 'failed', ms: 5, reason: 'exit code 1' },
            { fix: 'kube_login', status: 'refused', ms: 0, reason: 'cool-down' },
            { fix: 'kube_login', status: 'succeeded', ms: 9, shared: true },
          ],
        }),
        anEvent({
          tool: 'pay',
          class: 'network',
          outcome: 'unknown',
          result: 'unknown',
          refusal: 'NOT_REPEATABLE',
          fix_applied: null,
          fixes: [],
        }),
      ],
      { k8s_get_pods: 7, list: 2 },
    );
    const none = { median: null, p95: null };
    const pods = { calls: 10, failures: 3, healed: 2, failed: 1, unknown: 0, refused: { FIX_FAILED: 1 } };
    const pay = { failures: 1, healed: 0, failed: 0, unknown: 1, refused: { NOT_REPEATABLE: 1 }, timeToHealMs: none };
    const times = { median: 100, p95: 300 };
    expect(total).toEqual({
      ...pods,
      calls: 13,
      failures: 4,
      unknown: 1,
      refused: { FIX_FAILED: 1, NOT_REPEATABLE: 1 },
      timeToHealMs: times,
    });
    expect([...tools]).toEqual([
      ['k8s_get_pods', { ...pods, timeToHealMs: times }],
      ['pay', { ...pay, calls: 1 }],
      ['list', { calls: 2, failures: 0, healed: 0, failed: 0, unknown: 0, refused: {}, timeToHealMs: none }],
    ]);
    expect([...classes]).toEqual([
      ['auth', { ...pods, calls: 3, timeToHealMs: times }],
      ['network', { ...pay, calls: 1 }],
    ]);
    expect([...fixes]).toEqual([
      [
        'kube_login',
        { ...pods, calls: 3, timeToHealMs: times, ended: { succeeded: 2, failed: 1, refused: 1, shared: 1 } },
      ],
    ]);
    expect([since, until]).toEqual(['2026-02-04T10:30:00.000Z', '2026-02-04T11:00:00.000Z']);
  });

  it('count a healthy call once, whether or not it is in the log too', async () => {
    const healthy = anEvent({ outcome: 'succeeded', error: null, fix_applied: null, class: null, fixes: [] });
    const { total } = await statsOf([healthy, healthy], { k8s_get_pods: 2 });
    expect(total).toMatchObject({ calls: 2, failures: 0 });
  });

  it('understand records that have the documented fields alone', async () => {
    const six = ({ timestamp, tool, error, fix_applied, result, retry_count }: HealingEvent): HealingEvent => ({
      timestamp,
      tool,
      error,
      fix_applied,
      result,
      retry_count,
    });
    const { total, fixes, classes } = await statsOf([
      six(anEvent()),
      six(anEvent({ result: 'failure', fix_applied: null })),
      six(anEvent({ result: 'unknown', fix_applied: null })),
    ]);
    expect(total).toMatchObject({ calls: 3, healed: 1, failed: 1, unknown: 1 });
    expect([...fixes].map(([fix, { healed }]) => [fix, healed])).toEqual([['kube_login', 1]]);
    expect(classes.size).toBe(0);
  });

  it('tell no more than 5,000 tools apart', async () => {
    const { tools, total } = await statsOf(
      [],
      Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`tool ${index}`, 1])),
    );
    expect(tools.size).toBe(5_001);
    expect(tools.get('(others)')?.calls).toBe(1_000);
    expect(total.calls).toBe(6_000);
  });

  it('are zeros where there is no log', async () => {
    expect(await readStats(temporaryFolder())).toMatchObject({ since: null, until: null, total: { calls: 0 } });
  });
});

describe('quantiles', () => {
  const exact = (values: readonly number[], share: number): number | undefined =>
    [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1];

  it('are exact for up to 2,048 values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 1, maxLength: 2_048 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const quantiles = new Quantiles();
          for (const value of values) quantiles.add(value);
          expect(quantiles.at(share)).toBe(exact(values, share));
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it('are within 1 % for more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2_049, maxLength: 6_000 }),
        (values) => {
          const quantiles = new Quantiles();
          for (const value of values) quantiles.add(value);
          for (const share of [0.01, 0.5, 0.95, 1]) {
            const expected = exact(values, share) ?? 0;
            const difference = Math.abs((quantiles.at(share) ?? Number.NaN) - expected);
            expect(difference).toBeLessThanOrEqual(Math.max(1, expected * 0.01));
          }
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  it('are null without values', () => {
    expect(new Quantiles().at(0.5)).toBeNull();
  });
});
