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
        aRecovery({ sig, between: ['vpn_connect'] }),
        { ...aRecovery({ sig }), kind: 'still_failing' },
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
        aRepair({ sig }),
        aRepair({ sig, after: 'failed' }),
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
      aFailure({ ...healed, fixes: [waited, ran] }),
      aFailure({ fixes: [{ ...ran, status: 'failed' }] }),
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
        aTrial({ sig, mode: 'run', after: 'succeeded' }),
        aTrial({ sig, mode: 'run', after: 'unknown' }),
        aTrial({ sig, mode: 'shadow', after: 'succeeded' }),
      ],
    );
    const lessons = [{ name: 'tunnel', rung: 'ask', action, signatures: [] }] as const;
    const [failure] = await known(memoryDir, { lessons });
    expect(failure?.actions[0]?.odds.trials).toMatchObject({ succeeded: 2, of: 2 });
    expect(failure?.lessons).toEqual([{ name: 'tunnel', rung: 'ask' }]);
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
