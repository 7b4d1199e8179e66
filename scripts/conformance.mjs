// Runs the official conformance suite directly and through the proxy, and prints where the two differ, check for check.
//   node scripts/conformance.mjs              all of it
//   node scripts/conformance.mjs --short      every way once, in the versions where it is quickest
//   node scripts/conformance.mjs WORD...      only the legs whose name has every word, 'stdio' or '2026-07-28' for example
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, differences } from './conformance/difference.mjs';
import { exceptionFor, exceptions } from './conformance/exceptions.mjs';
import { installPeers } from './conformance/peers.mjs';
import { serveChain, twoAtATime } from './conformance/programs.mjs';
import { createSuite } from './conformance/suite.mjs';
import { fixtureClient, fixtureServer, serverEverything } from './conformance/targets.mjs';
import { createWays } from './conformance/ways.mjs';

const isShort = process.argv.includes('--short');
const words = process.argv.slice(2).filter((word) => word !== '--short');
const folder = mkdtempSync(join(tmpdir(), 'healflow-conformance-'));
installPeers();
const suite = createSuite(folder);
const ways = createWays(folder);

const latest = '2026-07-28';
const withSessions = '2025-11-25';

/**
 * A process for each session takes its time, so that is done with one version; from the latest one on, one process
 * serves all. What knows no such version refuses it on stdio in other words than over HTTP, directly already.
 */
const toStdio = ({ versions, command }, version, run) => ({
  ...(versions.includes(version) &&
    version >= withSessions && { 'HTTP -> stdio': () => run(ways.httpToStdio(command)) }),
  ...(versions.includes(version) &&
    version < latest && { 'HTTP -> shared stdio': () => run(ways.httpToSharedStdio(command)) }),
});

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
      passesAll: server.passesAll,
      version,
      direct: () => run(server.http),
      proxied: {
        'HTTP -> HTTP': () => run(server.http, ways.httpToHttp),
        ...toStdio(server, version, run),
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
      for (const [name, checks] of await suite('client', args, { env, limitMs: 60_000 })) all.set(name, checks);
    }
    return all;
  };
  return {
    server: 'the servers of the suite',
    passesAll: true,
    version,
    direct: () => run({}),
    proxied: { 'stdio -> HTTP': () => run({ VIA: JSON.stringify(ways.stdioToHttp) }) },
  };
});

/** A process for each session, and the scenarios in which the suite waits long, take most of the time. */
const isQuick = (server, version, way) =>
  server === fixtureServer.name
    ? version !== '2025-06-18' && `${version} ${way}` !== `${withSessions} HTTP -> stdio`
    : server !== serverEverything.name && version === withSessions;

const jobs = [];
for (const { server, passesAll, version, direct, proxied } of [...serverLegs, ...clientLegs]) {
  const wanted = Object.entries(proxied).filter(([way]) => {
    const name = `${server} ${version} ${way}`;
    return words.every((word) => name.includes(word)) && (!isShort || isQuick(server, version, way));
  });
  if (wanted.length === 0) continue;
  const leg = {
    server,
    passesAll,
    version,
    results: new Map(),
    seconds: new Map(),
    wanted: wanted.map(([way]) => way),
  };
  for (const [way, run] of [['directly', direct], ...wanted]) jobs.push({ leg, way, run });
}
if (jobs.length === 0) {
  console.error(`conformance: no leg has '${words.join(' ')}' in its name`);
  process.exit(2);
}

const started = performance.now();
let wrong = 0;
const used = new Set();

const report = ({ server, passesAll, version, results, seconds, wanted }) => {
  const direct = results.get('directly');
  if (direct instanceof Error) {
    wrong += 1;
    console.log(`${server}, ${version}, directly: ${direct.message}`);
    return;
  }
  const { scenarios, checks, passed, failed } = count(direct);
  const took = seconds.get('directly');
  console.log(`${server}, ${version}: ${scenarios} scenarios, ${passed} of ${checks} checks pass directly (${took} s)`);
  if (passesAll && failed > 0) {
    wrong += failed;
    console.log(`  ${failed} fail directly, where all should pass`);
  }
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

await twoAtATime(jobs, async ({ leg, way, run }) => {
  const startedAt = performance.now();
  leg.results.set(way, await run().catch((error) => error));
  leg.seconds.set(way, ((performance.now() - startedAt) / 1000).toFixed(1));
  if (leg.results.size === leg.wanted.length + 1) report(leg);
});
rmSync(folder, { recursive: true, force: true });

if (words.length === 0 && !isShort) {
  for (const { way, scenario, check } of exceptions.filter((exception) => !used.has(exception))) {
    wrong += 1;
    console.log(`an exception that nothing needs any more: ${way}, ${scenario}: ${check}`);
  }
}
console.log(`${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = wrong === 0 ? 0 : 1;
