import { describe, expect, it } from 'vitest';
import type { FixCall } from '../../fixes/catalogue.ts';
import type { Healer } from '../../src/healer/healer.ts';
import type { Fix } from '../../src/model/fix.ts';
import { compiled } from '../house/compiled.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const seeing = () => {
  const seen: Pick<FixCall, 'tool' | 'args'>[] = [];
  const parts = testHealer([], {
    selectFix: (name, { tool, args }) => {
      seen.push({ tool, args });
      return scriptedFix(name);
    },
  });
  return { seen, ...parts };
};

describe('autoHeal', () => {
  it('heals a wrapped function, with its own arguments at every attempt', async () => {
    const { healer, seen } = seeing();
    const calls: unknown[][] = [];
    const getPods = healer.autoHeal({ tool: 'k8s_get_pods' })(async (query: { cluster: string }, limit: number) => {
      calls.push([query, limit]);
      if (calls.length === 1) throw new ScriptedError();
      return `${query.cluster}: ${limit}`;
    });
    await expect(getPods({ cluster: 'staging' }, 3)).resolves.toBe('staging: 3');
    expect(calls).toEqual([
      [{ cluster: 'staging' }, 3],
      [{ cluster: 'staging' }, 3],
    ]);
    expect(seen).toEqual([{ tool: 'k8s_get_pods', args: { cluster: 'staging' } }]);
  });

  it('names the tool after the function where no name is given, and refuses a function without one', () => {
    const { healer } = testHealer();
    expect(() => healer.autoHeal()(() => 1)).toThrow(/needs the option `tool`/);
    expect(healer.autoHeal()(function named() {})).toBeTypeOf('function');
  });

  it('turns a synchronous function into a healed asynchronous one', async () => {
    const { healer } = testHealer();
    let calls = 0;
    const read = healer.autoHeal({ tool: 'read' })(() => {
      calls += 1;
      if (calls === 1) throw new ScriptedError();
      return calls;
    });
    await expect(read()).resolves.toBe(2);
  });

  it("finds the caller's signal and the arguments if it is told how", async () => {
    const { healer, seen, records } = seeing();
    const caller = new AbortController();
    const get = healer.autoHeal({
      tool: 'get',
      signal: (_: string, signal: AbortSignal) => signal,
      args: (cluster: string) => ({ cluster }),
    })(async (_cluster: string, signal: AbortSignal) => {
      if (seen.length === 1) caller.abort(new Error('gave up'));
      signal.throwIfAborted();
      throw new ScriptedError();
    });
    await expect(get('prod', caller.signal)).rejects.toThrow('gave up');
    expect(seen).toEqual([{ tool: 'get', args: { cluster: 'prod' } }]);
    expect(records).toMatchObject([{ refusal: { code: 'CANCELLED' } }]);
  });

  it('hands on who is asked before a fix', async () => {
    const asked: unknown[] = [];
    const fix: Fix = {
      ...scriptedFix('token_refresh'),
      run: async ({ approve }) => {
        asked.push(approve);
        return { fix: 'token_refresh', status: 'succeeded', reason: 'done', durationMs: 0 };
      },
    };
    const { healer } = testHealer([fix]);
    const approve = () => true;
    let calls = 0;
    const get = healer.autoHeal({ tool: 'get', approve })(() => {
      calls += 1;
      if (calls === 1) throw new ScriptedError();
    });
    await get();
    expect(asked).toEqual([approve]);
  });

  it('rejects where the arguments cannot be told, and never throws at once', async () => {
    const { healer } = testHealer();
    const get = healer.autoHeal({
      tool: 'get',
      args: () => {
        throw new Error('no arguments');
      },
    })(() => 1);
    const promise = get();
    await expect(promise).rejects.toThrow('no arguments');
  });

  it('names the tools of a list of functions after them', async () => {
    const { healer, records } = testHealer([]);
    const list = [
      async function alpha() {
        throw new ScriptedError();
      },
      async function beta() {
        throw new ScriptedError();
      },
    ];
    const wrap = healer.autoHeal() as (target: () => Promise<never>) => () => Promise<never>;
    await Promise.allSettled(list.map(wrap).map((each) => each()));
    expect(records.map(({ tool }) => tool)).toEqual(['alpha', 'beta']);
  });

  it('refuses what is no function, such as what a legacy decorator is given', () => {
    const { healer } = testHealer();
    const decorate = healer.autoHeal({ tool: 'get' }) as unknown as (...given: unknown[]) => unknown;
    expect(() => decorate({}, 'get', { value: () => 1 })).toThrow(/a function, or a method by a standard decorator/);
    expect(() => decorate(class {}, 'get', { value: () => 1 })).toThrow(/by a standard decorator/);
  });

  it('decorates a method, which keeps its this and lends its name to the tool', async () => {
    const { decorated } = (await import(compiled('test/fixtures/compiled/decorated.ts'))) as {
      decorated: (healer: Healer) => { calls: number; pods(query: { namespace: string }): Promise<string> };
    };
    const { healer, seen } = seeing();
    const cluster = decorated(healer);
    await expect(cluster.pods({ namespace: 'shop' })).resolves.toBe('staging/shop');
    expect(cluster.calls).toBe(2);
    expect(seen).toEqual([{ tool: 'pods', args: { namespace: 'shop' } }]);
  });
});
