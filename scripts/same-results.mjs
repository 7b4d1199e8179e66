// Lists and calls real servers directly and through the proxy, in every way that they can be reached, and compares what
// comes back byte for byte.
//   node scripts/same-results.mjs             all of them
//   node scripts/same-results.mjs WORD...     only the comparisons whose name has every word, 'memory' or 'HTTP -> stdio'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, compare, converse } from './conformance/converse.mjs';
import { installPeers } from './conformance/peers.mjs';
import { serveChain, twoAtATime } from './conformance/programs.mjs';
import { openHttp, openStdio } from './conformance/raw-clients.mjs';
import { servers } from './conformance/talks.mjs';
import { createWays } from './conformance/ways.mjs';

const directly = 'directly, once more';
const words = process.argv.slice(2);
const base = mkdtempSync(join(tmpdir(), 'healflow-same-'));

/** How a server is talked to, by transport and way; every conversation finds its world as it was at first. */
const conversations = (template) => {
  const folder = mkdtempSync(join(base, 'world-'));
  const ways = createWays(folder);
  const fresh = () => ({ ...template, ...template.prepare?.(folder) });
  const env = { ...process.env, ...fresh().variables };

  const overStdio = async (command, server) =>
    converse(await openStdio(command, { env, cwd: folder, answers }), server, server.expected);
  const behind = async (chain, use) => {
    const { url, close } = await serveChain(...chain);
    try {
      return await use(url);
    } finally {
      await close();
    }
  };
  const overHttp = (chain, server) =>
    behind(chain, async (url) => converse(await openHttp(url, { answers }), server, server.expected));
  const asked = (use) => async (expected) => use({ ...fresh(), expected });
  const inFolder = (program) => ({ cwd: folder, ...program });

  const serving = (way) =>
    asked((server) => overHttp([inFolder({ ...way(server.command), env: () => server.variables ?? {} })], server));

  return {
    stdio: {
      [directly]: asked((server) => overStdio(server.command, server)),
      'stdio -> stdio': asked((server) => overStdio(ways.stdioToStdio(server.command), server)),
      'HTTP -> stdio': serving(ways.httpToStdio),
      'HTTP -> shared stdio': serving(ways.httpToSharedStdio),
    },
    ...(fresh().http && {
      HTTP: {
        [directly]: asked((server) => overHttp([inFolder(server.http)], server)),
        'HTTP -> HTTP': asked((server) => overHttp([inFolder(server.http), ways.httpToHttp], server)),
        'stdio -> HTTP': asked((server) =>
          behind([inFolder(server.http)], (url) => overStdio([...ways.stdioToHttp, url], server)),
        ),
      },
    }),
  };
};

let wrong = 0;
let compared = 0;
const inWords = (found) => (found.length === 0 ? 'the same' : `${found.length} differ`);

/** Has the conversations of a server over one transport, and says what came of it all at once. */
const compareAll = async ({ name, transport, comparisons, wanted }) => {
  const lines = [];
  const direct = await comparisons[directly]().catch((error) => error);
  if (direct instanceof Error) {
    wrong += 1;
    lines.push(`${name} on ${transport}: ${direct.message}`);
  } else {
    lines.push(`${name} on ${transport}: ${direct.answers.length} answers, ${direct.others.length} other messages`);
    for (const way of wanted) {
      const proxied = await comparisons[way](direct.others.length).catch((error) => error);
      const found = proxied instanceof Error ? undefined : compare(direct, proxied);
      wrong += found?.length ?? 1;
      lines.push(`  ${way}: ${found === undefined ? proxied.message : inWords(found)}`);
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
    wanted: Object.keys(comparisons).filter((way) => words.every((word) => `${name} ${way}`.includes(word))),
  })),
);
const wantedJobs = jobs.filter(({ wanted }) => wanted.length > 0);
if (wantedJobs.some(({ isPeer }) => isPeer)) installPeers();
// One server after the other, since its conversations share a folder.
await twoAtATime(new Set(wantedJobs.map(({ name }) => name)), async (server) => {
  for (const job of wantedJobs) if (job.name === server) await compareAll(job);
});
rmSync(base, { recursive: true, force: true });
if (compared === 0) {
  console.error(`same-results: no comparison has '${words.join(' ')}' in its name`);
  process.exitCode = 2;
} else process.exitCode = wrong === 0 ? 0 : 1;
