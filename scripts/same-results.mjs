// Lists and calls the tools of real servers directly and through the proxy, in every possible mode, and compares the responses
// byte for byte.
//   node scripts/same-results.mjs             all of them
//   node scripts/same-results.mjs WORD...     only the comparisons whose name contains every word, 'memory' or 'HTTP -> stdio'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, converse, responseTo } from './conformance/converse.mjs';
import { createModes } from './conformance/modes.mjs';
import { installPeers } from './conformance/peers.mjs';
import { serveChain, twoAtATime } from './conformance/programs.mjs';
import { openHttp, openStdio } from './conformance/raw-clients.mjs';
import { servers } from './conformance/servers.mjs';

const directly = 'directly, again';
const words = process.argv.slice(2);
const base = mkdtempSync(join(tmpdir(), 'healflow-same-'));

/** The conversations with a server, by transport and mode; each starts with the same initial state. */
const conversations = (template) => {
  const folder = mkdtempSync(join(base, 'world-'));
  const modes = createModes(folder);
  const fresh = () => ({ ...template, ...template.prepare?.(folder) });
  const env = { ...process.env, ...fresh().variables };

  const overStdio = async (command, server) =>
    converse(await openStdio(command, { env, cwd: folder, responseTo }), server, server.expected);
  const behind = async (chain, use) => {
    const { url, close } = await serveChain(...chain);
    try {
      return await use(url);
    } finally {
      await close();
    }
  };
  const overHttp = (chain, server) =>
    behind(chain, async (url) => converse(await openHttp(url, { responseTo }), server, server.expected));
  const withServer = (use) => async (expected) => use({ ...fresh(), expected });
  const inFolder = (program) => ({ cwd: folder, ...program });

  const serving = (mode) =>
    withServer((server) =>
      overHttp([inFolder({ ...mode(server.command), env: () => server.variables ?? {} })], server),
    );

  return {
    stdio: {
      [directly]: withServer((server) => overStdio(server.command, server)),
      'stdio -> stdio': withServer((server) => overStdio(modes.stdioToStdio(server.command), server)),
      'HTTP -> stdio': serving(modes.httpToStdio),
      'HTTP -> shared stdio': serving(modes.httpToSharedStdio),
    },
    ...(fresh().http && {
      HTTP: {
        [directly]: withServer((server) => overHttp([inFolder(server.http)], server)),
        'HTTP -> HTTP': withServer((server) => overHttp([inFolder(server.http), modes.httpToHttp], server)),
        'stdio -> HTTP': withServer((server) =>
          behind([inFolder(server.http)], (url) => overStdio([...modes.stdioToHttp, url], server)),
        ),
      },
    }),
  };
};

let wrong = 0;
let compared = 0;
const summaryOf = (found) => (found.length === 0 ? 'the same' : `${found.length} differ`);

/** Runs the conversations of a server over one transport, and prints all results together. */
const compareAll = async ({ name, transport, comparisons, wanted }) => {
  const lines = [];
  const direct = await comparisons[directly]().catch((error) => error);
  if (direct instanceof Error) {
    wrong += 1;
    lines.push(`${name} on ${transport}: ${direct.message}`);
  } else {
    lines.push(`${name} on ${transport}: ${direct.responses.length} responses, ${direct.others.length} other messages`);
    for (const mode of wanted) {
      const proxied = await comparisons[mode](direct.others.length).catch((error) => error);
      const found = proxied instanceof Error ? undefined : compare(direct, proxied);
      wrong += found?.length ?? 1;
      lines.push(`  ${mode}: ${found === undefined ? proxied.message : summaryOf(found)}`);
      for (const difference of found ?? []) {
        lines.push(
          `    ${difference.what}`,
          `      directly: ${difference.direct}`,
          `      proxied:  ${difference.proxied}`,
        );
      }
    }
  }
  compared += wanted.length;
  console.log(lines.join('\n'));
};

const jobs = servers.flatMap(({ name, isPeer, ...rest }) =>
  Object.entries(conversations({ name, ...rest })).map(([transport, comparisons]) => ({
    ...{ name, isPeer, transport, comparisons },
    wanted: Object.keys(comparisons).filter((mode) => words.every((word) => `${name} ${mode}`.includes(word))),
  })),
);
const wantedJobs = jobs.filter(({ wanted }) => wanted.length > 0);
if (wantedJobs.some(({ isPeer }) => isPeer)) installPeers();
// The conversations of one server are sequential, because they share a folder.
await twoAtATime(new Set(wantedJobs.map(({ name }) => name)), async (server) => {
  for (const job of wantedJobs) if (job.name === server) await compareAll(job);
});
rmSync(base, { recursive: true, force: true });
if (compared === 0) {
  console.error(`same-results: no comparison matches '${words.join(' ')}'`);
  process.exitCode = 2;
} else process.exitCode = wrong === 0 ? 0 : 1;
