// A host that vanishes while it has a fix: a network namespace whose link no longer carries anything.
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mark } from '../../harness/report.mjs';
import { prepareServer } from '../databases.mjs';
import { fromTests } from '../from-tests.mjs';
import { killAll, makeToken, startAll, startMember, startTalker, until } from '../members.mjs';

const name = `hf${process.pid}`;
const [hostLink, guestLink] = [`${name}a`, `${name}b`];
const [hostAddress, guestAddress] = ['10.231.7.1', '10.231.7.2'];
const patienceMs = 30_000;

const ip = (...argv) => {
  const { status, stderr, error } = spawnSync('ip', argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${argv.join(' ')}: ${error?.message ?? stderr.trim()}`);
};

const removeHost = () => {
  try {
    ip('netns', 'del', name);
  } catch {
    // It was never made.
  }
};

/** Makes a host beside this one; throws if this system, or its rights, do not allow it. */
const addHost = () => {
  if (process.getuid?.() !== 0) throw new Error('a network namespace needs root');
  try {
    ip('netns', 'add', name);
    ip('link', 'add', hostLink, 'type', 'veth', 'peer', 'name', guestLink, 'netns', name);
    ip('addr', 'add', `${hostAddress}/30`, 'dev', hostLink);
    ip('link', 'set', hostLink, 'up');
    ip('-n', name, 'addr', 'add', `${guestAddress}/30`, 'dev', guestLink);
    ip('-n', name, 'link', 'set', guestLink, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch (error) {
    removeHost();
    throw error;
  }
};

/** Nothing that is sent to the host is answered any more, not even by a refusal. */
const cutOff = () => ip('-n', name, 'addr', 'flush', 'dev', guestLink);

/** PostgreSQL and PgBouncer that also listen on the link. */
const startServers = async () => {
  const { PgBouncer, Postgres } = await fromTests('support/postgres.ts');
  const addresses = `127.0.0.1,${hostAddress}`;
  const server = await Postgres.start((folder) => {
    appendFileSync(join(folder, 'data/pg_hba.conf'), `host all all ${guestAddress}/32 trust\n`);
    return { listen_addresses: addresses };
  });
  try {
    await prepareServer(server);
    const keepalive = { tcp_keepidle: 5, tcp_keepintvl: 2, tcp_keepcnt: 3 };
    const pooler = await PgBouncer.start(server, 20, { listen_addr: addresses, ...keepalive });
    const close = async () => {
      await pooler.close();
      await server.close();
    };
    return { server, pooler, close };
  } catch (error) {
    await server.close();
    throw error;
  }
};

/** Lets members on the other host hold fixes, cuts it off, and waits for members of this host to take them over. */
const cut = async ({ server, pooler }, folder, fixesEach) => {
  const inHost = ['ip', 'netns', 'exec', name, process.execPath];
  const program = fileURLToPath(new URL('../programs/forward.mjs', import.meta.url));
  const forward = startTalker([program, hostAddress, String(server.port), String(pooler.port)], { command: inHost });
  await forward.ready;
  const ways = { directly: server.url('fleet_app', 'fleet'), 'through PgBouncer': pooler.url() };
  const scenes = Object.entries(ways).flatMap(([way, url]) =>
    Array.from({ length: fixesEach }, () => ({ way, url, token: makeToken(folder, { takesMs: 20, firstMs: 60_000 }) })),
  );
  const [holders, waiters] = [undefined, undefined].map(() => []);
  try {
    holders.push(
      ...(await startAll(
        scenes.map(
          ({ token, url }) =>
            () =>
              startMember(token, { machine: 'far', url, command: inHost }),
        ),
      )),
    );
    waiters.push(
      ...(await startAll(
        scenes.map(
          ({ token, url }) =>
            () =>
              startMember(token, { machine: 'near', url }),
        ),
      )),
    );
    for (const holder of holders) void holder.ask();
    await Promise.all(scenes.map(({ token }) => until(() => token.starts().length > 0)));
    for (const waiter of waiters) void waiter.ask();
    await sleep(1_000);
    cutOff();
    const cutAt = Date.now();
    const isOver = () => Date.now() - cutAt > patienceMs;
    await Promise.all(scenes.map(({ token }) => until(() => token.starts().length > 1 || isOver())));
    return scenes.map(({ way, token }) => ({ way, ms: (token.starts()[1]?.at ?? Number.POSITIVE_INFINITY) - cutAt }));
  } finally {
    await killAll([...holders, ...waiters, forward]);
  }
};

/** Measures how soon a fix is taken over from a host that vanishes. */
export const measureCut = async (_databases, { folder, isQuick }) => {
  try {
    addHost();
  } catch (error) {
    return { skipped: `no host can be cut off here: ${error.message}` };
  }
  try {
    const servers = await startServers();
    try {
      const fixesEach = isQuick ? 1 : 3;
      const seen = await cut(servers, folder, fixesEach);
      const seconds = (ms) => Math.round(ms / 100) / 10;
      const slowest = (way) => seconds(Math.max(...seen.filter((one) => one.way === way).map(({ ms }) => ms)));
      const ways = [...new Set(seen.map(({ way }) => way))];
      return {
        what: `A host that has ${seen.length} fixes stops responding, without a word to anybody. Another host waits for each of them. PgBouncer has tcp_keepidle 5, tcp_keepintvl 2 and tcp_keepcnt 3, as the role has directly.`,
        tables: [
          { head: ['', 'fixes', 'slowest take-over'], rows: ways.map((way) => [way, fixesEach, `${slowest(way)} s`]) },
        ],
        marks: ways.map((way) =>
          mark(`taken over from a host that vanished, ${way}`, slowest(way), { atMost: 15, unit: ' s' }),
        ),
      };
    } finally {
      await servers.close();
    }
  } finally {
    removeHost();
  }
};
