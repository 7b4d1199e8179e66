import { inTurn } from '../harness/in-turn.mjs';
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
const timed = async (call, { alone, together }) => {
  const times = await oneByOne(call, alone);
  return {
    p50: median(times),
    alone: 1e6 / (times.reduce((sum, time) => sum + time, 0) / times.length),
    together: await atOnce(call, together, 64),
  };
};

/** What each client has seen, by name, in so many rounds. */
export const timedInTurn = (clients, rounds, calls) =>
  inTurn(clients, rounds, (client) => timed(() => client.call(), calls));

/** The call that all clients make. */
export const toolCall = (id) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'k8s_get_pods', arguments: { namespace: 'default', labels: 'app=web' } },
});
