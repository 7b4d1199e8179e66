import retryAsync from 'async-retry';
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { createHealer } from '../../dist/src/index.js';

/** The usual way to detect an error in a text: a dozen words, anywhere in it. */
const words =
  /error|unauthorized|forbidden|denied|refused|timed? ?out|expired|not found|too many|unavailable|reset by|no such/i;
const readsAsError = (value) => typeof value === 'string' && words.test(value);

/** Three attempts, as is healflow's default; no call fails, so there is never a delay between them. */
const attempts = 3;

/** Looks at the text, as the others do not; not a peer, because its words also match healthy texts. */
export const judge = 'cockatiel, retry, and one regular expression over the text';

/**
 * Returns the contenders: each takes the number of a tool and resolves with its result. Eight tools are called in
 * turn, as in a server: a single tool would be inlined into the bare caller, and into no other.
 *
 * @param tools Eight functions, each written separately.
 */
export const contendersFor = async (tools, memoryDir) => {
  const healer = await createHealer({ config: {}, memoryDir });
  const names = tools.map((_, number) => `tool_${number}`);
  const healed = tools.map((tool, number) => healer.autoHeal({ tool: names[number] })(tool));
  const retrying = retry(handleAll, { maxAttempts: attempts - 1, backoff: new ExponentialBackoff() });
  const judging = retry(handleAll.orWhenResult(readsAsError), {
    maxAttempts: attempts - 1,
    backoff: new ExponentialBackoff(),
  });
  const breaking = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
  const limited = wrap(retrying, breaking, timeout(45_000, TimeoutStrategy.Cooperative));
  const breakers = tools.map((tool) => new CircuitBreaker(tool, { timeout: 45_000 }));
  const retries = { retries: attempts - 1 };
  return {
    calls: {
      'bare `await`': (number) => tools[number](),
      'healflow `run`': (number) => healer.run(names[number], tools[number]),
      'healflow `autoHeal`': (number) => healed[number](),
      'cockatiel, retry': (number) => retrying.execute(tools[number]),
      [judge]: (number) => judging.execute(tools[number]),
      'cockatiel, retry + breaker + timeout': (number) => limited.execute(tools[number]),
      'p-retry': (number) => pRetry(tools[number], retries),
      opossum: (number) => breakers[number].fire(),
      'async-retry': (number) => retryAsync(tools[number], retries),
    },
    close: async () => {
      for (const breaker of breakers) breaker.shutdown();
      await healer.close();
    },
  };
};
