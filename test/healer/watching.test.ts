import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEvents } from '../../src/event-log/index.ts';
import { createHealer } from '../../src/healer/create.ts';
import type { InternalHealer } from '../../src/healer/healer.ts';
import type { LearningRecord } from '../../src/learning/model.ts';
import { readRepairs } from '../../src/learning/read-repairs.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { temporaryFolder } from '../event-log/events.ts';
import { FakeClock } from '../support/fake-clock.ts';

const all = async <T>(of: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of of) found.push(one);
  return found;
};

const opened = async () => {
  const folder = temporaryFolder();
  const memoryDir = join(folder, 'memory');
  const clock = new FakeClock();
  const healer = (await createHealer({
    config: { stateDir: join(folder, 'state') },
    memoryDir,
    clock,
    cwd: folder,
    warn: () => {},
  })) as InternalHealer;
  onTestFinished(() => healer.close());
  const repairs = (): Promise<LearningRecord[]> => all(readRepairs(memoryDir));
  return { healer, clock, repairs, memoryDir };
};

const lost = (lease: number) => new Error(`lease ${lease} was revoked by the broker`);

describe('a healer', () => {
  it('writes the signature of the failure to the log', async () => {
    const { healer, memoryDir } = await opened();
    for (const lease of [4711, 81]) await healer.runOutcome('lease', () => Promise.reject(lost(lease)));
    const events = await all(readEvents(memoryDir));
    const { id } = signatureOf(events[0]?.error ?? '');
    expect(events.map(({ sig }) => sig)).toEqual([id, id]);
  });

  it('records when the same call succeeds after a failure, and no other call', async () => {
    const { healer, clock, repairs } = await opened();
    await healer.runOutcome('lease', () => Promise.reject(lost(1)), { args: { lease: 1 } });
    expect(healer.hasOpenFailure('lease')).toBe(true);
    await clock.advance(3_000);
    await healer.run('lease', () => 'ok', { args: { lease: 2 } });
    await healer.runOutcome('lease', () => 'ok', { args: { lease: 3 } });
    expect(await repairs()).toEqual([]);
    await healer.run('lease', () => 'ok', { args: { lease: 1 } });
    expect(await repairs()).toMatchObject([{ kind: 'recovered', tool: 'lease', window_ms: 3_000, between: [] }]);
    expect(healer.hasOpenFailure('lease')).toBe(false);
  });

  it('records it for a call that was made elsewhere, and for one that is looked at again', async () => {
    const { healer, repairs } = await opened();
    const fail = () => healer.runOutcome('lease', () => Promise.reject(lost(1)), { args: { lease: 1 } });
    await fail();
    healer.countHealthy('lease', { lease: 1 });
    await fail();
    await healer.heal('lease', { thrown: false, value: 'ok' }, () => 'ok', { args: { lease: 1 } });
    expect(await repairs()).toMatchObject([{ kind: 'recovered' }, { kind: 'recovered' }]);
  });

  it('records that it still fails, under one digest of the arguments', async () => {
    const { healer, clock, repairs } = await opened();
    for (let call = 0; call < 3; call += 1) {
      await healer.runOutcome('lease', () => Promise.reject(lost(1)), { args: { lease: 1 } });
      await clock.advance(6_000);
    }
    const records = await repairs();
    expect(records).toMatchObject([
      { kind: 'still_failing', window_ms: 6_000 },
      { kind: 'still_failing', window_ms: 12_000 },
    ]);
    expect(new Set(records.map(({ args }) => args)).size).toBe(1);
    expect(records[0]?.args).toMatch(/^[0-9a-f]{16}$/);
  });

  it('writes nothing of this before a first failure', async () => {
    const { healer, repairs } = await opened();
    await healer.run('lease', () => 'ok', { args: { lease: 1 } });
    expect(healer.hasOpenFailure('lease')).toBe(false);
    expect(await repairs()).toEqual([]);
  });
});
