import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HealingEvent } from '../../src/event-log/index.ts';
import { type KnowledgeOptions, readKnowledge } from '../../src/learning/knowledge.ts';
import type { LearningRecord } from '../../src/learning/model.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { anEvent, openLog, temporaryFolder } from '../event-log/events.ts';
import { aRecovery, aRepair, aTrial, openRepairs } from './records.ts';

const now = Date.parse('2026-02-05T00:00:00.000Z');
const unreachable = 'dial tcp 10.0.0.7:443: connect: network is unreachable';
const sig = signatureOf(unreachable).id;

const aFailure = (fields: Partial<HealingEvent> = {}): HealingEvent =>
  anEvent({
    error: unreachable,
    fix_applied: null,
    fixes: [],
    result: 'failure',
    outcome: 'failed',
    class: 'network',
    pattern: 'network.unreachable',
    ...fields,
  });

const written = (events: readonly HealingEvent[], records: readonly LearningRecord[] = []): string => {
  const memoryDir = join(temporaryFolder(), 'memory');
  const { log } = openLog(memoryDir);
  for (const event of events) log.append(event);
  log.close();
  const repairs = openRepairs(memoryDir);
  for (const record of records) repairs.log.append(record);
  return memoryDir;
};

/** So many seconds after the others. */
const at = (seconds: number): string =>
  new Date(Date.parse('2026-02-04T10:30:04.100Z') + seconds * 1_000).toISOString();

const known = async (memoryDir: string, options: Partial<KnowledgeOptions> = {}) =>
  (await readKnowledge(memoryDir, { now, ...options })).failures;

describe('readKnowledge', () => {
  it('counts the failures of one signature over its tools, whether or not an event has its signature', async () => {
    const memoryDir = written([
      aFailure({ tool: 'get_pods', timestamp: '2026-02-04T10:00:00.000Z' }),
      aFailure({ tool: 'get_pods', error: unreachable.replace('443', '8443') }),
      aFailure({ tool: 'get_nodes', timestamp: '2026-02-04T11:00:00.000Z', ...{ sig } }),
      aFailure({ error: 'Unauthorized', class: 'auth' }),
      aFailure({ error: null, outcome: 'succeeded', result: 'success' }),
    ]);
    const [first, second, ...more] = await known(memoryDir);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ id: sig, line: signatureOf(unreachable).line, class: 'network', seen: 3 });
    expect([...(first?.tools ?? [])]).toEqual([
      ['get_pods', 2],
      ['get_nodes', 1],
    ]);
    expect([first?.first, first?.last]).toEqual(['2026-02-04T10:00:00.000Z', '2026-02-04T11:00:00.000Z']);
    expect(second).toMatchObject({ line: 'Unauthorized', seen: 1 });
  });

  it('shows what is not known as unknown, and not as zero', async () => {
    const [failure] = await known(written([aFailure()]));
    expect(failure?.natural).toEqual({ recovered: 0, of: 0, interval: null });
    expect(failure?.actions).toEqual([]);
  });

  it('counts as natural only what recovered with nothing run', async () => {
    const memoryDir = written(
      [aFailure()],
      [
        aRecovery({ sig }),
        aRecovery({ sig, between: ['vpn_connect'], args: '00000000000000aa' }),
        { ...aRecovery({ sig, args: '00000000000000bb' }), kind: 'still_failing' },
        aTrial({ sig, mode: 'control', after: 'failed' }),
        aTrial({ sig, mode: 'control', after: 'unknown' }),
      ],
    );
    expect((await known(memoryDir))[0]?.natural).toMatchObject({ recovered: 1, of: 3 });
  });

  it('counts a repair as evidence only with a failing call before it and a known one after it', async () => {
    const memoryDir = written(
      [aFailure()],
      [
        aRepair({ sig }),
        aRepair({ sig, timestamp: at(60) }),
        aRepair({ sig, after: 'failed', timestamp: at(120) }),
        aRepair({ sig, checked: null, before: 'unknown', after: 'unknown' }),
        aRepair({ sig, before: 'succeeded' }),
        aRepair({ sig, action: { use: 'vpn_connect' }, after: 'unknown' }),
      ],
    );
    const [failure] = await known(memoryDir);
    expect(
      failure?.actions.map(({ text, odds, unchecked }) => ({ text, ...odds.trials, interval: null, unchecked })),
    ).toEqual([
      { text: 'systemctl restart tunnel', succeeded: 2, of: 3, interval: null, unchecked: 1 },
      { text: 'vpn_connect', succeeded: 0, of: 0, interval: null, unchecked: 1 },
    ]);
    expect(failure?.actions[0]?.odds.odds).not.toBeNull();
    expect(failure?.actions[1]?.odds.odds).toBeNull();
  });

  it('takes a run of the log with one fix as a check of that fix', async () => {
    const healed = { result: 'success', outcome: 'healed' } as const;
    const ran = { fix: 'vpn_connect', status: 'succeeded', ms: 5 } as const;
    const waited = { fix: 'retry_backoff', status: 'succeeded', ms: 5 } as const;
    const memoryDir = written([
      aFailure({ ...healed, fixes: [ran] }),
      aFailure({ ...healed, fixes: [waited, ran], timestamp: at(60) }),
      aFailure({ fixes: [{ ...ran, status: 'failed' }], timestamp: at(120) }),
      aFailure({ ...healed, fixes: [{ ...ran, shared: true }] }),
      aFailure({ ...healed, fixes: [ran, { ...ran, fix: 'kube_login' }] }),
      aFailure({ outcome: 'unknown', result: 'unknown', attempts: 1, fixes: [ran] }),
      aFailure({ ...healed, fixes: [waited] }),
    ]);
    const [failure] = await known(memoryDir);
    expect(failure?.actions.map(({ text, odds: { trials } }) => [text, trials.succeeded, trials.of])).toEqual([
      ['vpn_connect', 2, 3],
    ]);
  });

  it('adds the runs of a lesson to what it runs, and names the lesson', async () => {
    const action = { run: ['systemctl', 'restart', 'tunnel'] };
    const memoryDir = written(
      [aFailure()],
      [
        aRepair({ sig, action }),
        aTrial({ sig, mode: 'run', after: 'succeeded', digest: 'a0'.repeat(16), timestamp: at(60) }),
        aTrial({ sig, mode: 'run', after: 'succeeded', digest: 'b0'.repeat(16) }),
        aTrial({ sig, mode: 'run', after: 'succeeded' }),
        aTrial({ sig, mode: 'run', after: 'unknown' }),
        aTrial({ sig, mode: 'shadow', after: 'succeeded', timestamp: at(600) }),
      ],
    );
    const lessons = [{ name: 'tunnel', rung: 'ask', action, digests: ['a0'.repeat(16)], signatures: [] }] as const;
    const [failure] = await known(memoryDir, { lessons });
    expect(failure?.actions[0]?.odds.trials).toMatchObject({ succeeded: 2, of: 2 });
    expect(failure?.lessons).toEqual([{ name: 'tunnel', rung: 'ask', shadow: { needless: 1, of: 1 } }]);
    // The failure of the trial in the shadow ended by itself.
    expect(failure?.natural).toMatchObject({ recovered: 1, of: 1 });
  });

  it('counts one gap per failure: the longest time that is known of it', async () => {
    const lasting = (seconds: number): LearningRecord => ({
      ...aRecovery({ sig, timestamp: at(seconds), window_ms: seconds * 1_000 }),
      kind: 'still_failing',
    });
    const [failure] = await known(
      written(
        [aFailure()],
        [
          ...[1, 2, 4, 8, 16, 32].map(lasting),
          aRecovery({ sig, timestamp: at(40.5), window_ms: 40_501 }),
          aRecovery({ sig, timestamp: at(100), window_ms: 1_500 }),
          ...[1, 2, 4, 8].map((seconds) => ({ ...lasting(seconds), tool: 'other' })),
          aRepair({ sig, timestamp: at(9_000), limit_ms: 20_000 }),
        ],
      ),
    );
    expect(failure?.natural).toMatchObject({ recovered: 2, of: 3 });
    // It was seen to fail for 32 s, so it had not recovered in 20 s; and the repair was for this tool only.
    expect(failure?.actions[0]?.odds.natural).toMatchObject({ recovered: 1, of: 2 });
  });

  it('counts no gap in which something ran, in whatever process, but what was seen before it ran', async () => {
    const fix = { fix: 'vpn_connect', status: 'succeeded', ms: 5 } as const;
    const memoryDir = written(
      [
        aFailure(),
        aFailure({ timestamp: at(1_050), duration_ms: 9_000, outcome: 'healed', result: 'success', fixes: [fix] }),
      ],
      [
        aRepair({ sig, timestamp: at(50), checked: 'probe' }),
        aRecovery({ sig, timestamp: at(60) }),
        aRecovery({ sig, timestamp: at(1_060) }),
        aTrial({ sig, timestamp: at(2_050), mode: 'run' }),
        { ...aRecovery({ sig, timestamp: at(2_020), window_ms: 20_000 }), kind: 'still_failing' },
        aRecovery({ sig, timestamp: at(2_060), window_ms: 60_000 }),
        aRecovery({ sig, timestamp: at(3_060), args: '00000000000000cc' }),
      ],
    );
    expect((await known(memoryDir))[0]?.natural).toMatchObject({ recovered: 1, of: 2 });
  });

  it('counts a call that was healed by retries alone as natural recovery, once', async () => {
    const waited = { fix: 'retry_backoff', status: 'succeeded', ms: 5 } as const;
    const healed = { result: 'success', outcome: 'healed', fixes: [waited], duration_ms: 1_000 } as const;
    const memoryDir = written(
      [
        aFailure({ ...healed, timestamp: at(10) }),
        aFailure({ ...healed, timestamp: at(20), attempts: 1 }),
        aFailure({ ...healed, timestamp: at(1_000) }),
      ],
      [aRecovery({ sig, timestamp: at(1_000.4) }), aRepair({ sig, timestamp: at(9_000) })],
    );
    const [failure] = await known(memoryDir);
    expect(failure?.natural).toMatchObject({ recovered: 2, of: 2 });
  });

  it('does not count for the action of a lesson what the calls of other tools did', async () => {
    const action = { run: ['systemctl', 'restart', 'tunnel'] };
    const other = 'dial tcp 10.0.0.7:443: connect: no route to host';
    const memoryDir = written(
      [aFailure(), aFailure({ error: other })],
      [
        ...Array.from({ length: 12 }, (_, index) => aRepair({ sig, action, tool: 'evil', timestamp: at(index) })),
        ...Array.from(
          { length: 12 },
          (_, index): LearningRecord => ({
            ...aRecovery({ sig, tool: 'evil', timestamp: at(index * 999) }),
            kind: 'still_failing',
          }),
        ),
        aRepair({ sig, action }),
        aRepair({ sig: signatureOf(other).id, action, after: 'failed', timestamp: at(60) }),
      ],
    );
    const { actionFor } = await readKnowledge(memoryDir, { now });
    const signatures = [sig, signatureOf(other).id];
    const own = actionFor({ action, signatures, isFor: (tool) => tool === 'k8s_get_pods' });
    expect(own?.odds).toMatchObject({ trials: { succeeded: 1, of: 2 }, natural: { recovered: 0, of: 0 } });
    expect(own?.odds.odds).toBeLessThan(1.1);
  });

  it('counts what several people or processes ran in one outage once, and as failed if one of them failed', async () => {
    const repairs = (after: 'failed' | 'succeeded') => [
      ...Array.from({ length: 10 }, (_, index) => aRepair({ sig, timestamp: at(index / 10), limit_ms: 30_000 })),
      aRepair({ sig, timestamp: at(2), after }),
      // The next outage: the time in which it could have succeeded goes back to the first one, its checks do not.
      aRepair({ sig, timestamp: at(20), limit_ms: 30_000 }),
    ];
    const trialsOf = async (after: 'failed' | 'succeeded') =>
      (await known(written([aFailure()], repairs(after))))[0]?.actions[0]?.odds.trials;
    expect(await trialsOf('succeeded')).toMatchObject({ succeeded: 2, of: 2 });
    expect(await trialsOf('failed')).toMatchObject({ succeeded: 1, of: 2 });
  });

  it('follows the odds of an action up to those that are known now', async () => {
    const action = { use: 'vpn_connect' };
    const ran = { fix: 'vpn_connect', status: 'succeeded', ms: 5 } as const;
    const repairs = [0, 60, 120].map((seconds) => aRepair({ sig, action, timestamp: at(seconds), limit_ms: 90_000 }));
    const memoryDir = written(
      [aFailure({ result: 'success', outcome: 'healed', fixes: [ran], timestamp: at(300) })],
      [...repairs, aRecovery({ sig, timestamp: at(9_000) }), aRecovery({ sig, timestamp: at(18_000) })],
    );
    const { actionFor, historyFor } = await readKnowledge(memoryDir, { now });
    const question = { action, signatures: [sig], isFor: () => true };
    const history = historyFor(question);
    expect(history.map(({ odds }) => odds.trials.of)).toEqual([1, 2, 3, 4]);
    expect(history.map(({ odds }) => odds.natural.of)).toEqual([0, 0, 0, 2]);
    expect(history.at(-1)?.odds).toEqual(actionFor(question)?.odds);
  });

  it('shows only some failures by all the evidence', async () => {
    const memoryDir = written(
      [aFailure({ tool: 'other' })],
      [aRepair({ sig }), aRecovery({ sig, timestamp: at(-500) })],
    );
    const [failure] = await known(memoryDir, { accepts: ({ tool }) => tool === 'other' });
    expect(failure).toMatchObject({ seen: 1, natural: { recovered: 1, of: 1 } });
    expect(failure?.actions[0]?.odds.trials).toMatchObject({ succeeded: 1, of: 1 });
  });

  it('leaves out what is not asked for', async () => {
    const memoryDir = written([aFailure(), aFailure({ tool: 'other' }), aFailure({ error: 'Unauthorized' })]);
    expect(await known(memoryDir, { accepts: ({ tool }) => tool === 'other' })).toMatchObject([{ seen: 1 }]);
    expect(await known(memoryDir, { only: sig })).toMatchObject([{ id: sig, seen: 2 }]);
  });

  it('has nothing to tell without a log', async () => {
    expect(await known(temporaryFolder())).toEqual([]);
  });
});
