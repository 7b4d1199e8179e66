import { describe, expect, it } from 'vitest';
import type { LearningRecord } from '../../src/learning/model.ts';
import { FailureWatch } from '../../src/learning/watch.ts';
import type { FixReport } from '../../src/model/fix.ts';
import type { RunReport } from '../../src/model/run.ts';
import { FakeClock } from '../support/fake-clock.ts';

const sig = '71f21a710d37ee8e';
const other = '422247b4d12bc796';

const watched = (maxOpen?: number) => {
  const clock = new FakeClock();
  const records: LearningRecord[] = [];
  let digests = 0;
  const watch = new FailureWatch({
    clock,
    signatureId: (summary) => summary,
    digestArgs: (args) => {
      digests += 1;
      return args === undefined ? null : JSON.stringify(args);
    },
    append: (record) => records.push(record),
    ...(maxOpen === undefined ? {} : { maxOpen }),
  });
  return { clock, records, watch, digests: () => digests };
};

const fix = (name: FixReport['fix'], status: FixReport['status'] = 'succeeded'): FixReport => ({
  fix: name,
  status,
  reason: '',
  durationMs: 900,
});

const ended = (status: RunReport['status'], fixes: FixReport[] = [], more: object = {}): RunReport =>
  ({
    tool: 'get',
    status,
    fixes,
    attempts: 1,
    durationMs: 0,
    lastDiagnosis: { class: 'network' },
    ...more,
  }) as unknown as RunReport;

describe('the watch over failing calls', () => {
  it('records the first success of the same call, with its time and with nothing run in between', async () => {
    const { clock, records, watch } = watched();
    watch.ended(ended('failed'), { id: 1 }, sig);
    expect(watch.open).toBe(1);
    await clock.advance(4_100);
    watch.succeeded('get', { id: 2 });
    watch.succeeded('put', { id: 1 });
    expect(records).toEqual([]);
    watch.succeeded('get', { id: 1 });
    expect(records).toEqual([
      {
        kind: 'recovered',
        timestamp: new Date(clock.now()).toISOString(),
        tool: 'get',
        sig,
        args: '{"id":1}',
        window_ms: 4_100,
        between: [],
      },
    ]);
    expect(watch.open).toBe(0);
    watch.succeeded('get', { id: 1 });
    expect(records).toHaveLength(1);
  });

  it('tells calls without known arguments apart by the tool alone', () => {
    const { records, watch } = watched();
    watch.ended(ended('failed'), undefined, sig);
    watch.succeeded('get', undefined);
    expect(records).toMatchObject([{ kind: 'recovered', args: null }]);
  });

  it('records that a check saw it fail before anything was run, and not after', async () => {
    const { clock, records, watch } = watched();
    watch.ended(ended('failed'), { id: 1 }, sig);
    await clock.advance(1_000);
    watch.ended(ended('failed'), { id: 1 }, sig);
    await clock.advance(900);
    watch.stillFails('get', { id: 2 });
    watch.stillFails('get', { id: 1 });
    watch.ran('healflow repair');
    await clock.advance(5_000);
    watch.stillFails('get', { id: 1 });
    expect(records.map((record) => [record.kind, 'window_ms' in record && record.window_ms])).toEqual([
      ['still_failing', 1_000],
      ['still_failing', 1_900],
    ]);
  });

  it('records a failure that lasts after a second, and again whenever the time has doubled', async () => {
    const { clock, records, watch } = watched();
    for (let call = 0; call <= 600; call += 1) {
      watch.ended(ended('failed'), {}, sig);
      await clock.advance(100);
    }
    expect(records.map(({ kind }) => kind)).toEqual(Array(6).fill('still_failing'));
    expect(records.map((record) => 'window_ms' in record && record.window_ms)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000,
    ]);
  });

  it('counts a call with an unknown outcome as failing, and forgets a failure that another one replaced', async () => {
    const { clock, records, watch } = watched();
    watch.ended(ended('unknown'), {}, sig);
    await clock.advance(5_000);
    watch.ended(ended('failed'), {}, other);
    await clock.advance(5_000);
    watch.succeeded('get', {});
    expect(records).toMatchObject([{ kind: 'recovered', sig: other, window_ms: 5_000 }]);
  });

  it('names what ran in between, also for another call, and then records no failure that lasts', async () => {
    const { clock, records, watch } = watched();
    watch.ended(
      ended('failed', [fix('retry_backoff'), fix('kube_login', 'refused'), fix('token_refresh', 'not_needed')]),
      { id: 1 },
      sig,
    );
    watch.ended(ended('healed', [fix('vpn_connect'), fix('vpn_connect')], { tool: 'put' }), { id: 2 }, other);
    watch.ran('nmcli connection up office');
    await clock.advance(9_000);
    watch.ended(ended('failed', [fix('cache_clear', 'failed')]), { id: 1 }, sig);
    expect(records).toEqual([]);
    watch.succeeded('get', { id: 1 });
    expect(records).toMatchObject([
      { kind: 'recovered', between: ['vpn_connect', 'nmcli connection up office', 'cache_clear'] },
    ]);
  });

  it('records a call that healflow healed in its run only if it had failed before: else the event tells it', async () => {
    const { clock, records, watch } = watched();
    watch.ended(ended('healed', [fix('vpn_connect')]), {}, sig);
    expect(records).toEqual([]);
    watch.ended(ended('failed'), {}, sig);
    await clock.advance(2_000);
    watch.ended(ended('healed', [fix('vpn_connect')]), {}, sig);
    expect(records).toMatchObject([{ kind: 'recovered', window_ms: 2_000, between: ['vpn_connect'] }]);
    expect(watch.open).toBe(0);
  });

  it('does not watch mistakes in arguments', () => {
    const { watch } = watched();
    watch.ended(ended('failed', [], { lastDiagnosis: { class: 'usage' } }), {}, sig);
    expect(watch.open).toBe(0);
  });

  it('keeps a bounded number of failing calls: the oldest goes first', () => {
    const { records, watch } = watched(3);
    for (let id = 0; id < 50; id += 1) watch.ended(ended('failed'), { id }, sig);
    expect(watch.open).toBe(3);
    for (let id = 0; id < 50; id += 1) watch.succeeded('get', { id });
    expect(records.map((record) => 'args' in record && record.args)).toEqual(['{"id":47}', '{"id":48}', '{"id":49}']);
  });

  it('keeps a bounded list of what ran', () => {
    const { records, watch } = watched();
    watch.ended(ended('failed'), {}, sig);
    for (let count = 0; count < 100; count += 1) watch.ran(`command ${count}`);
    watch.succeeded('get', {});
    expect(records).toMatchObject([{ between: Array.from({ length: 8 }, (_, count) => `command ${count}`) }]);
  });

  it('makes no digest for a tool that has not failed, and none for a healing while nothing fails', () => {
    const { digests, watch } = watched();
    watch.ended(ended('healed', [fix('vpn_connect')]), {}, sig);
    watch.succeeded('get', {});
    expect(digests()).toBe(0);
  });

  it('makes a digest of the arguments of a failing call only, and of those that look the same', () => {
    const { digests, watch } = watched();
    watch.ended(ended('failed'), { id: 1, page: { from: 1, to: 2 } }, sig);
    expect(digests()).toBe(1);
    for (let id = 2; id < 1_000; id += 1) watch.succeeded('get', { id, page: { from: 1, to: 2 } });
    watch.succeeded('get', { id: 1 });
    watch.succeeded('get', undefined);
    expect(digests()).toBe(1);
    watch.succeeded('get', { id: 1, page: { to: 2, from: 1 } });
    expect(digests()).toBe(2);
  });

  it('knows calls with large arguments by their tool alone, and reads no more of them than it needs', () => {
    const { digests, watch, records } = watched();
    const large = (id: number) => ({ id, text: 'x'.repeat(5_000) });
    watch.ended(ended('failed'), large(1), sig);
    watch.succeeded('get', { id: 1 });
    expect(records).toEqual([]);
    watch.succeeded('get', large(2));
    expect(records).toMatchObject([{ kind: 'recovered', args: null }]);
    expect(digests()).toBe(0);
    let read = 0;
    const counted = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `name${index}`,
        {
          get text() {
            read += 1;
            return 'x'.repeat(1_000);
          },
        },
      ]),
    );
    watch.ended(ended('failed'), counted, sig);
    expect(read).toBeLessThanOrEqual(5);
  });

  it('forgets a failure half an hour after it was last seen, as one that lasted until then', async () => {
    const { clock, records, watch } = watched();
    watch.ended(ended('failed'), { once: 1 }, sig);
    watch.ended(ended('failed'), { id: 2 }, sig);
    await clock.advance(1_900);
    watch.ended(ended('failed'), { id: 2 }, sig);
    await clock.advance(100);
    watch.ended(ended('failed'), { id: 2 }, sig);
    expect(records).toMatchObject([{ window_ms: 1_900 }]);
    await clock.advance(30 * 60_000 - 1_000);
    expect(watch.isOpen('get')).toBe(true);
    expect(watch.open).toBe(1);
    await clock.advance(1_000);
    watch.succeeded('put', { id: 2 });
    expect(watch.open).toBe(0);
    expect(records).toMatchObject([{ window_ms: 1_900 }, { kind: 'still_failing', window_ms: 2_000 }]);
    expect(records[1]?.timestamp).toBe(new Date(clock.now() - 30 * 60_000).toISOString());
    watch.succeeded('get', { id: 2 });
    expect(records).toHaveLength(2);
  });

  it('counts from the start of the run that failed first, and takes what its own run has run as run', () => {
    const { records, watch } = watched();
    watch.ended(ended('failed', [fix('retry_backoff')], { durationMs: 30_000 }), { id: 1 }, sig);
    expect(records).toMatchObject([{ kind: 'still_failing', window_ms: 30_000, between: [] }]);
    watch.succeeded('get', { id: 1 });
    expect(records[1]).toMatchObject({ kind: 'recovered', window_ms: 30_000, between: [] });
    watch.ended(ended('failed', [fix('vpn_connect', 'failed')], { durationMs: 30_000 }), { id: 1 }, sig);
    watch.succeeded('get', { id: 1 });
    expect(records.slice(2)).toMatchObject([{ kind: 'recovered', between: ['vpn_connect'] }]);
  });
});
