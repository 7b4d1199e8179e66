// Runs the official conformance suite directly and through the proxy, and prints the checks that differ.
//   node scripts/conformance.mjs              everything
//   node scripts/conformance.mjs --short      every mode once, with the versions that are fastest
//   node scripts/conformance.mjs WORD...      only the legs whose name contains every word, for example 'stdio' or '2026-07-28'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, differences } from './conformance/difference.mjs';
import { exceptionFor, exceptions } from './conformance/exceptions.mjs';
import { createModes } from './conformance/modes.mjs';
import { installPeers } from './conformance/peers.mjs';
import { serveChain, twoAtATime } from './conformance/programs.mjs';
import { createSuite } from './conformance/suite.mjs';
import { fixtureClient, fixtureServer, serverEverything } from './conformance/targets.mjs';

const isShort = process.argv.includes('--short');
const words = process.argv.slice(2).filter((word) => word !== '--short');
const folder = mkdtempSync(join(tmpdir(), 'healflow-conformance-'));
installPeers();
const suite = createSuite(folder);
const modes = createModes(folder);

const latest = '2026-07-28';
const withSessions = '2025-11-25';

/**
 * One process per session is slow, so only one version uses it; with the latest version one process serves all. A server
 * without that version rejects it on stdio with another message than over HTTP, even without the proxy.
 */
const toStdio = ({ versions, command }, version, run) => ({
  ...(versions.includes(version) &&
    version >= withSessions && { 'HTTP -> stdio': () => run(modes.httpToStdio(command)) }),
  ...(versions.includes(version) &&
    version < latest && { 'HTTP -> shared stdio': () => run(modes.httpToSharedStdio(command)) }),
});

/** The client scenarios except OAuth (auth/*), which does not apply to a client on stdio. */
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
        'HTTP -> HTTP': () => run(server.http, modes.httpToHttp),
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
    proxied: { 'stdio -> HTTP': () => run({ VIA: JSON.stringify(modes.stdioToHttp) }) },
  };
});

/** Excludes what takes most of the time: one process per session, and the scenarios in which the suite waits. */
const isQuick = (server, version, mode) =>
  server === fixtureServer.name
    ? version !== '2025-06-18' && `${version} ${mode}` !== `${withSessions} HTTP -> stdio`
    : server !== serverEverything.name && version === withSessions;

const jobs = [];
for (const { server, passesAll, version, direct, proxied } of [...serverLegs, ...clientLegs]) {
  const wanted = Object.entries(proxied).filter(([mode]) => {
    const name = `${server} ${version} ${mode}`;
    return words.every((word) => name.includes(word)) && (!isShort || isQuick(server, version, mode));
  });
  if (wanted.length === 0) continue;
  const leg = {
    server,
    passesAll,
    version,
    results: new Map(),
    seconds: new Map(),
    wanted: wanted.map(([mode]) => mode),
  };
  for (const [mode, run] of [['directly', direct], ...wanted]) jobs.push({ leg, mode, run });
}
if (jobs.length === 0) {
  console.error(`conformance: no leg matches '${words.join(' ')}'`);
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
    console.log(`  ${failed} fail directly, but all should pass`);
  }
  for (const mode of wanted) {
    const proxied = results.get(mode);
    if (proxied instanceof Error) {
      wrong += 1;
      console.log(`  ${mode}: ${proxied.message}`);
      continue;
    }
    const found = differences(direct, proxied).map((difference) => ({ ...difference, server, version, mode }));
    const unexplained = found.filter((difference) => exceptionFor(difference) === undefined);
    wrong += unexplained.length;
    const verdict = unexplained.length > 0 ? `${unexplained.length} checks differ` : 'the same';
    const but = found.length > unexplained.length ? `, except ${found.length - unexplained.length} explained` : '';
    console.log(`  ${mode}: ${verdict}${but} (${seconds.get(mode)} s)`);
    for (const difference of found) {
      const exception = exceptionFor(difference);
      if (exception) used.add(exception);
      console.log(`    ${difference.scenario}: ${difference.check}`);
      if (exception) console.log(`      explained: ${exception.reason}`);
      else console.log(`      directly: ${difference.direct}\n      proxied:  ${difference.proxied}`);
    }
  }
};

await twoAtATime(jobs, async ({ leg, mode, run }) => {
  const startedAt = performance.now();
  leg.results.set(mode, await run().catch((error) => error));
  leg.seconds.set(mode, ((performance.now() - startedAt) / 1000).toFixed(1));
  if (leg.results.size === leg.wanted.length + 1) report(leg);
});
rmSync(folder, { recursive: true, force: true });

if (words.length === 0 && !isShort) {
  for (const { mode, scenario, check } of exceptions.filter((exception) => !used.has(exception))) {
    wrong += 1;
    console.log(`an unused exception: ${mode}, ${scenario}: ${check}`);
  }
}
console.log(`${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = wrong === 0 ? 0 : 1;
