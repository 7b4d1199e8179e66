import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createHealer } from '../../src/index.ts';
import { createToolRules, hiddenTest } from '../../src/policy/tool-rules.ts';
import { FakeClock, settlePromises } from '../../src/testing/index.ts';
import { folderWith } from '../config/support.ts';

const tools = {
  slow_export: { attempts: 1, deadlineMs: 90_000, timeoutMs: 60_000 },
  'get_*': { attempts: 5, timeoutMs: 100 },
};

/** A healer whose clock runs only if the test says so. */
const healerWith = async (clock = new FakeClock()) => {
  const memoryDir = await folderWith();
  const config = { tools, stateDir: memoryDir, fixes: { retry_backoff: { baseMs: 0 } } };
  return { clock, healer: await createHealer({ config, memoryDir, clock, random: () => 0, warn: () => {} }) };
};

const reset = (): never => {
  throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
};

describe('the limits of a tool', () => {
  it('come from the first glob that matches; the others have the general ones', () => {
    const rulesOf = createToolRules(configSchema.parse({ tools }));
    expect(rulesOf('get_pods')).toMatchObject({ attempts: 5, timeoutMs: 100 });
    expect(rulesOf('get_pods').deadlineMs).toBeUndefined();
    expect(rulesOf('list').attempts).toBeUndefined();
  });

  it('attempts: more calls for one tool, one call for another, three for the rest', async () => {
    const { healer, clock } = await healerWith();
    await healer.prepare();
    const calls = async (tool: string): Promise<number> =>
      (await clock.runUntil(healer.runOutcome(tool, reset, { annotations: { readOnlyHint: true } }))).attempts;
    expect([await calls('get_pods'), await calls('slow_export'), await calls('list')]).toEqual([5, 1, 3]);
  });

  it('timeoutMs: an attempt of this tool ends in time, and that of another goes on', async () => {
    const { healer, clock } = await healerWith();
    const never = (): Promise<string> => new Promise(() => {});
    const ended = healer.runOutcome('get_pods', never, { annotations: { destructiveHint: true } });
    await settlePromises();
    await clock.advance(100);
    const { error } = (await ended) as { error?: unknown };
    expect(error).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
    const cut = healer.run('get_pods', never, { annotations: { destructiveHint: true } });
    const failed = expect(cut).rejects.toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
    await settlePromises();
    await clock.advance(100);
    await failed;
  });
});

describe('hidden tools', () => {
  it('are named by name or glob, in the short form or the long one', () => {
    const isHidden = hiddenTest(
      configSchema.parse({ tools: { get_a: {}, 'get_*': 'hidden', drop: { hidden: true } } }),
    );
    expect(['get_a', 'get_b', 'drop', 'list'].map((tool) => isHidden?.(tool))).toEqual([false, true, true, false]);
  });

  it('cost nothing if there are none', () => {
    expect(hiddenTest(configSchema.parse({ tools: { get_a: {} } }))).toBeUndefined();
  });
});
