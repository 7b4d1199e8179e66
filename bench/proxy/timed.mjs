import { median } from '../harness/numbers.mjs';

/** The time of each of so many calls, one after the other, in microseconds. */
const oneByOne = async (call, calls) => {
  const times = [];
  for (let count = 0; count < calls; count += 1) {
    const begin = performance.now();
    await call();
    times.push((performance.now() - begin) * 1_000);
  }
  return times;
};

/** Calls a second, with so many always open. */
export const atOnce = async (call, calls, open) => {
  let left = calls;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: open }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  return calls / ((performance.now() - begin) / 1_000);
};

/** What one client sees: the median time of a call alone, in microseconds, and calls a second alone and with 64 open. */
export const timed = async (call, { alone, together }) => {
  const times = await oneByOne(call, alone);
  return {
    p50: median(times),
    alone: 1e6 / (times.reduce((sum, time) => sum + time, 0) / times.length),
    together: await atOnce(call, together, 64),
  };
};

/** Lets clients take turns, so that what else the machine does meets all alike; resolves with what each has seen, by name. */
export const inTurn = async (clients, rounds, calls) => {
  const seen = Object.fromEntries(Object.keys(clients).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, client] of Object.entries(clients)) seen[name].push(await timed(() => client.call(), calls));
  }
  return seen;
};

/** The call that all clients make. */
export const toolCall = (id) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'k8s_get_pods', arguments: { namespace: 'default', labels: 'app=web' } },
});
