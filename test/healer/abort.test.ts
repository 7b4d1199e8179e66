import { describe, expect, it } from 'vitest';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const reason = new Error('the user left');

/** A tool that fails at first, and counts its calls. */
const countedTool = (error: unknown = new ScriptedError()) => {
  const tool = Object.assign(
    async () => {
      tool.calls += 1;
      if (tool.calls === 1) throw error;
      return 'fine';
    },
    { calls: 0 },
  );
  return tool;
};

describe('a signal that has aborted before the call', () => {
  const signal = AbortSignal.abort(reason);

  it.each([false, true])('rejects with its reason and never calls the tool (eager: %s)', async (eager) => {
    const { healer, healthy, records } = testHealer();
    const tool = countedTool();
    await expect(healer.run('tool', tool, { signal, eager })).rejects.toBe(reason);
    expect({ calls: tool.calls, healthy, records }).toEqual({ calls: 0, healthy: [], records: [] });
  });

  it('rejects with an AbortError if no reason was given', async () => {
    const { healer } = testHealer();
    const run = healer.run('tool', countedTool(), { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([false, true])('resolves runOutcome with no attempt at all (eager: %s)', async (eager) => {
    const { healer } = testHealer();
    const tool = countedTool();
    const outcome = await healer.runOutcome('tool', tool, { signal, eager });
    expect(outcome).toMatchObject({
      ok: false,
      thrown: true,
      status: 'failed',
      attempts: 0,
      diagnosis: null,
      lastDiagnosis: null,
      fixes: [],
      refusal: { code: 'CANCELLED' },
    });
    expect(!outcome.ok && outcome.thrown && outcome.error).toBe(reason);
    expect(tool.calls).toBe(0);
  });

  it('holds for a function wrapped by autoHeal', async () => {
    const { healer } = testHealer();
    let calls = 0;
    const get = healer.autoHeal({ tool: 'get', signal: (given: AbortSignal) => given })((_: AbortSignal) => {
      calls += 1;
    });
    await expect(get(signal)).rejects.toBe(reason);
    expect(calls).toBe(0);
  });

  it('holds for a healer that times out attempts and records all calls', async () => {
    const { healer } = testHealer(undefined, { attemptTimeoutMs: 1_000, recordHealthy: true });
    const tool = countedTool();
    await expect(healer.run('tool', tool, { signal })).rejects.toBe(reason);
    expect(tool.calls).toBe(0);
  });

  it('holds for a signal that aborts while an eager run is prepared', async () => {
    const { healer } = testHealer();
    const tool = countedTool();
    const caller = new AbortController();
    const run = healer.run('tool', tool, { signal: caller.signal, eager: true });
    caller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(tool.calls).toBe(0);
  });

  it('holds for a closed healer', async () => {
    const { healer } = testHealer();
    await healer.close();
    const tool = countedTool();
    await expect(healer.run('tool', tool, { signal })).rejects.toBe(reason);
    expect((await healer.runOutcome('tool', tool, { signal })).attempts).toBe(0);
    expect(tool.calls).toBe(0);
  });
});

describe('a signal that aborts while a call is healed', () => {
  /** Runs a call whose fix aborts it. */
  const abortInFix = (eager: boolean, more = {}) => {
    const caller = new AbortController();
    const fix = scriptedFix('token_refresh', async () => {
      caller.abort(reason);
      return { fix: 'token_refresh', status: 'cancelled', reason: '', durationMs: 0 };
    });
    const error = new ScriptedError();
    return { ...testHealer([fix], more), tool: countedTool(error), error, options: { signal: caller.signal, eager } };
  };

  it.each([false, true])('rejects with its reason (eager: %s)', async (eager) => {
    const { healer, tool, options } = abortInFix(eager);
    await expect(healer.run('tool', tool, options)).rejects.toBe(reason);
    expect(tool.calls).toBe(1);
  });

  it('rejects with its reason if the tool gave an error-shaped result', async () => {
    const { healer, options } = abortInFix(false);
    await expect(healer.run('tool', () => ({ isError: true }), options)).rejects.toBe(reason);
  });

  it('rejects with its reason if every attempt has a timeout', async () => {
    const { healer, tool, options } = abortInFix(false, { attemptTimeoutMs: 1_000 });
    await expect(healer.run('tool', tool, options)).rejects.toBe(reason);
  });

  it("keeps the tool's own last failure in the outcome", async () => {
    const { healer, tool, error, options } = abortInFix(false);
    const outcome = await healer.runOutcome('tool', tool, options);
    expect(outcome).toMatchObject({ attempts: 1, refusal: { code: 'CANCELLED' } });
    expect(!outcome.ok && outcome.thrown && outcome.error).toBe(error);
  });
});

describe('a signal that aborts during the first attempt', () => {
  it.each([
    [{ eager: false }, {}],
    [{ eager: true }, {}],
    [{ eager: false }, { attemptTimeoutMs: 1_000 }],
  ])("leaves the tool's own error: nothing was healed (%o, %o)", async (options, more) => {
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix], more);
    const caller = new AbortController();
    const error = new ScriptedError();
    const run = healer.run(
      'tool',
      () => {
        caller.abort(reason);
        throw error;
      },
      { ...options, signal: caller.signal },
    );
    await expect(run).rejects.toBe(error);
    expect(fix.runs).toBe(0);
  });

  it('leaves the result of a tool that succeeded', async () => {
    const { healer } = testHealer();
    const caller = new AbortController();
    const run = healer.run(
      'tool',
      () => {
        caller.abort(reason);
        return 'fine';
      },
      { signal: caller.signal },
    );
    await expect(run).resolves.toBe('fine');
  });
});
