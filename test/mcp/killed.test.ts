import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { allGone, isRunning } from '../support/processes.ts';
import { Proxied } from './proxied.ts';

const kills = 50;
const callers = 16;

let proxied: Proxied | undefined;
afterEach(() => proxied?.remove());

/** Numbers in [0, 1), the same in every run. */
const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

interface Ended {
  readonly tool: string;
  readonly key: string;
  readonly answer: Record<string, unknown>;
}

const isWell = ({ answer, key }: Ended): boolean =>
  (answer.result as { content?: { text: string }[] } | undefined)?.content?.[0]?.text === key;

describe('a server that is killed 50 times under 16 callers', () => {
  it('costs no answer, no harmless call and no second effect, and leaves nothing behind', async () => {
    // Each call that a kill cuts off counts against the attempts.
    const session = new Proxied({ attempts: 10 });
    proxied = session;
    await session.connect();
    const ended: Ended[] = [];
    let goesOn = true;
    const call = async (caller: number): Promise<void> => {
      const random = seeded(1_000 + caller);
      const tool = ['read', 'put', 'pay', 'plain'][caller % 4] ?? 'read';
      for (let turn = 0; goesOn; turn += 1) {
        const key = `${caller}-${turn}`;
        const args = { key, beforeMs: Math.floor(random() * 8), afterMs: Math.floor(random() * 8) };
        ended.push({ tool, key, answer: await session.request('tools/call', { name: tool, arguments: args }) });
      }
    };
    const working = Array.from({ length: callers }, (_, caller) => call(caller));

    const random = seeded(42);
    const killed = new Set<number>();
    while (killed.size < kills) {
      await wait(random() * 250);
      const pid = session.serverPids.at(-1) ?? 0;
      if (killed.has(pid) || !isRunning(pid)) continue;
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
    goesOn = false;
    await Promise.all(working);

    const harmless = ended.filter(({ tool }) => tool === 'read' || tool === 'put');
    expect(harmless.filter((each) => !isWell(each))).toEqual([]);
    const effects = session.ledger;
    const twice = effects.filter((line, at) => /^(pay|plain) /.test(line) && effects.indexOf(line) !== at);
    expect(twice).toEqual([]);
    const paid = new Set(effects);
    const untrue = ended.filter((each) => isWell(each) && !paid.has(`${each.tool} ${each.key}`));
    expect(untrue).toEqual([]);
    expect(new Set(ended.map(({ tool }) => tool)).size).toBe(4);
    // The test has met what it is about: calls were cut off whose outcome nobody knows.
    expect(ended.filter((each) => !isWell(each)).length).toBeGreaterThan(0);

    expect(await session.request('ping')).toMatchObject({ result: {} });
    expect(session.strays).toEqual([]);
    const servers = session.serverPids;
    expect(await session.end()).toEqual([0, null]);
    await allGone([session.pid, ...servers]);
  }, 240_000);
});
