import { inTurn } from '../harness/in-turn.mjs';
import { median } from '../harness/numbers.mjs';

/** The time of each of `calls` sequential calls, in microseconds. */
const oneByOne = async (call, calls) => {
  const times = [];
  for (let count = 0; count < calls; count += 1) {
    const begin = performance.now();
    await call();
    times.push((performance.now() - begin) * 1_000);
  }
  return times;
};

/** Calls per second, with `open` calls always open. */
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

/** What one client measures: the median time of a sequential call in microseconds, and calls per second, sequential and with 64 open. */
const timed = async (call, { alone, together }) => {
  const times = await oneByOne(call, alone);
  return {
    p50: median(times),
    alone: 1e6 / (times.reduce((sum, time) => sum + time, 0) / times.length),
    together: await atOnce(call, together, 64),
  };
};

/** What each client measures in each round, by name. */
export const timedInTurn = (clients, rounds, calls) =>
  inTurn(clients, rounds, (client) => timed(() => client.call(), calls));

/** The tool call of all clients. */
export const toolCall = (id) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'k8s_get_pods', arguments: { namespace: 'default', labels: 'app=web' } },
});
