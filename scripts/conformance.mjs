// Runs the official conformance suite directly and through the proxy, and prints where the two differ, check for check.
//   node scripts/conformance.mjs              all of it
//   node scripts/conformance.mjs WORD...      only the legs whose name has every word, 'stdio' or '2026-07-28' for example
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, differences } from './conformance/difference.mjs';
import { exceptionFor, exceptions } from './conformance/exceptions.mjs';
import { installPeers } from './conformance/peers.mjs';
import { serveChain } from './conformance/programs.mjs';
import { createSuite } from './conformance/suite.mjs';
import { fixtureClient, fixtureServer, serverEverything } from './conformance/targets.mjs';
import { createWays } from './conformance/ways.mjs';

const words = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'healflow-conformance-'));
installPeers();
const suite = createSuite(folder);
const ways = createWays(folder);

const latest = '2026-07-28';

/** What is left out of the client scenarios is OAuth (auth/*), which is no concern of a client on stdio. */
const clientScenarios = {
  '2025-11-25': [
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'json-schema-2020-12-preservation',
  ],
  '2026-07-28': [
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ],
};

const serverLegs = [fixtureServer, serverEverything].flatMap((server) =>
  [...new Set([...server.versions, latest])].map((version) => {
    const run = async (...chain) => {
      const { url, close } = await serveChain(...chain);
      try {
        return await suite('server', ['--url', url, '--suite', 'all', '--spec-version', version]);
      } finally {
        await close();
      }
    };
    return {
      server: server.name,
      version,
      direct: () => run(server.http),
      proxied: {
        'HTTP -> HTTP': () => run(server.http, ways.httpToHttp),
        // A server that does not know a version refuses it on stdio in other words than over HTTP, directly already.
        ...(server.versions.includes(version) && { 'HTTP -> stdio': () => run(ways.httpToStdio(server.command)) }),
      },
    };
  }),
);

const clientLegs = Object.entries(clientScenarios).map(([version, scenarios]) => {
  const run = async (env) => {
    const all = new Map();
    const command = fixtureClient.join(' ');
    for (const scenario of scenarios) {
      const args = ['--command', command, '--scenario', scenario, '--spec-version', version];
      for (const [name, checks] of await suite('client', args, { env, limitMs: 30_000 })) all.set(name, checks);
    }
    return all;
  };
  return {
    server: 'the servers of the suite',
    version,
    direct: () => run({}),
    proxied: { 'stdio -> HTTP': () => run({ VIA: JSON.stringify(ways.stdioToHttp) }) },
  };
});

const jobs = [];
for (const { server, version, direct, proxied } of [...serverLegs, ...clientLegs]) {
  const wanted = Object.entries(proxied).filter(([way]) => {
    const name = `${server} ${version} ${way}`;
    return words.every((word) => name.includes(word));
  });
  if (wanted.length === 0) continue;
  const leg = { server, version, results: new Map(), seconds: new Map(), wanted: wanted.map(([way]) => way) };
  for (const [way, run] of [['directly', direct], ...wanted]) jobs.push({ leg, way, run });
}
if (jobs.length === 0) {
  console.error(`conformance: no leg has '${words.join(' ')}' in its name`);
  process.exit(2);
}

const started = performance.now();
let wrong = 0;
const used = new Set();

const report = ({ server, version, results, seconds, wanted }) => {
  const direct = results.get('directly');
  if (direct instanceof Error) {
    wrong += 1;
    console.log(`${server}, ${version}, directly: ${direct.message}`);
    return;
  }
  const { scenarios, checks, passed } = count(direct);
  const took = seconds.get('directly');
  console.log(`${server}, ${version}: ${scenarios} scenarios, ${passed} of ${checks} checks pass directly (${took} s)`);
  for (const way of wanted) {
    const proxied = results.get(way);
    if (proxied instanceof Error) {
      wrong += 1;
      console.log(`  ${way}: ${proxied.message}`);
      continue;
    }
    const found = differences(direct, proxied).map((difference) => ({ ...difference, server, version, way }));
    const unexplained = found.filter((difference) => exceptionFor(difference) === undefined);
    wrong += unexplained.length;
    const verdict = unexplained.length > 0 ? `${unexplained.length} checks differ` : 'the same';
    const but = found.length > unexplained.length ? `, but for ${found.length - unexplained.length} explained` : '';
    console.log(`  ${way}: ${verdict}${but} (${seconds.get(way)} s)`);
    for (const difference of found) {
      const exception = exceptionFor(difference);
      if (exception) used.add(exception);
      console.log(`    ${difference.scenario}: ${difference.check}`);
      if (exception) console.log(`      explained: ${exception.reason}`);
      else console.log(`      directly: ${difference.direct}\n      proxied:  ${difference.proxied}`);
    }
  }
};

const queue = [...jobs];
const work = async () => {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const { leg, way, run } = job;
    const startedAt = performance.now();
    leg.results.set(way, await run().catch((error) => error));
    leg.seconds.set(way, ((performance.now() - startedAt) / 1000).toFixed(1));
    if (leg.results.size === leg.wanted.length + 1) report(leg);
  }
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
rmSync(folder, { recursive: true, force: true });

if (words.length === 0) {
  for (const { way, scenario, check } of exceptions.filter((exception) => !used.has(exception))) {
    wrong += 1;
    console.log(`an exception that nothing needs any more: ${way}, ${scenario}: ${check}`);
  }
}
console.log(`${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = wrong === 0 ? 0 : 1;
