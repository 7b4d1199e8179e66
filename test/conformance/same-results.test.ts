import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/same-results.mjs', import.meta.url));

/** What the comparison says of a server over a transport, by way. */
type Verdicts = Record<string, string>;

/** Reads lines such as `NAME on TRANSPORT: 50 responses` and, below, `  WAY: the same`. */
const read = (said: string): Record<string, Verdicts> => {
  const verdicts: Record<string, Verdicts> = {};
  let current: Verdicts = {};
  for (const line of said.split('\n')) {
    const [, server, way, verdict] = /^(?:(\S.*): \d+ responses| {2}(\S[^:]*): (.*))/.exec(line) ?? [];
    if (server !== undefined) {
      current = {};
      verdicts[server] = current;
    } else if (way !== undefined && verdict !== undefined) current[way] = verdict;
  }
  return verdicts;
};

// The servers from npm are compared by `npm run same-results`.
describe('a server that uses every feature of the protocol says the same through the proxy, byte for byte', () => {
  let verdicts: Record<string, Verdicts> = {};
  beforeAll(async () => {
    const run = promisify(execFile)(process.execPath, [script, 'the fixture server']);
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    verdicts = read(stdout);
  }, 120_000);

  const onStdio = ['stdio -> stdio', 'HTTP -> stdio', 'HTTP -> shared stdio'];
  const onHttp = ['HTTP -> HTTP', 'stdio -> HTTP'];
  it.each([
    ['the fixture server on stdio', onStdio],
    ['the fixture server on HTTP', onHttp],
    ['the fixture server, 2026-07-28 on stdio', onStdio],
    ['the fixture server, 2026-07-28 on HTTP', onHttp],
  ])('%s', (server, ways) => {
    const same = ['directly, again', ...ways].map((way) => [way, 'the same']);
    expect(verdicts[server]).toEqual(Object.fromEntries(same));
  });
});
