// What is compared: healflow, BullMQ on Redis, and advisory session locks through PgBouncer; each with servers of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDatabases, withClient } from './databases.mjs';
import { fromTests } from './from-tests.mjs';
import { startMember, startTalker } from './members.mjs';

const peers = fileURLToPath(new URL('peers/', import.meta.url));
const contenderProgram = fileURLToPath(new URL('programs/contender.mjs', import.meta.url));
const redisProgram = '/usr/bin/redis-server';

const versionOf = (name) => JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8')).version;

/** Installs the packages that are only compared with, in their locked versions. */
const installPeers = () => {
  if (existsSync(join(peers, 'node_modules/bullmq'))) return;
  console.error('installing bullmq and ioredis in bench/fleet/peers');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', peers], {
    stdio: 'inherit',
  });
};

const startContender = (contender, token, url) => {
  const { folder, name, command } = token;
  return startTalker([contenderProgram, JSON.stringify({ contender, folder, name, command, url })], {
    env: { HOME: folder },
  });
};

/** Transactions of a database, as another database sees them. */
const transactionsOf = async ({ server }) => {
  const sql = "select (xact_commit + xact_rollback)::int as n from pg_stat_database where datname = 'fleet'";
  return (await withClient(server.url(), (client) => client.query(sql))).rows[0].n;
};

/** The connections of this machine's processes to a port of the loopback interface. */
export const connectionsTo = (port) => {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const isOpen = (line) => {
    const [, , peer = '', state] = line.trim().split(/\s+/);
    return peer.endsWith(remote) && state === '01';
  };
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter(isOpen)
    .length;
};

const onPostgres = (name, databases, start) => ({
  name,
  start,
  restart: async () => {
    await databases.server.crash();
    await databases.server.start();
  },
  settled: () => databases.poolerAnswers(),
  commands: () => transactionsOf(databases),
  port: databases.pooler.port,
  close: async () => {},
});

const healflowStage = (databases) =>
  onPostgres('healflow', databases, (token, machine) => startMember(token, { machine, url: databases.url }));

const locksStage = async () => {
  const databases = await startDatabases();
  await databases.as('postgres', 'create table fix_run (name text primary key, ended_at timestamptz not null)');
  await databases.as('postgres', 'grant select, insert, update on fix_run to fleet_app');
  const start = (token) => startContender('advisory-locks', token, databases.url);
  return { ...onPostgres('advisory session locks, PgBouncer', databases, start), close: databases.close };
};

const startRedis = async (folder) => {
  const { freePort, listening } = await fromTests('support/postgres.ts');
  const [port, dir] = [await freePort(), mkdtempSync(join(folder, 'redis-'))];
  let child;
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes'];
    child = spawn(redisProgram, options, { stdio: 'ignore' });
    await listening(child, port);
  };
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const info = () => execFileSync('redis-cli', ['-p', String(port), 'info'], { encoding: 'utf8' });
  await start();
  return { port, url: `redis://127.0.0.1:${port}`, start, stop, info };
};

/** A stage, or undefined and the reason on stderr, if Redis or its packages are not there. */
const bullmqStage = async (folder) => {
  if (!existsSync(redisProgram)) {
    console.error(`SKIPPED, BullMQ: Redis is not installed (${redisProgram}): apt-get install redis-server`);
    return undefined;
  }
  try {
    installPeers();
  } catch {
    console.error('SKIPPED, BullMQ: npm ci --ignore-scripts --prefix bench/fleet/peers');
    return undefined;
  }
  const redis = await startRedis(folder);
  return {
    name: `BullMQ ${versionOf('bullmq')}, Redis`,
    start: (token) => startContender('bullmq', token, redis.url),
    restart: async () => {
      await redis.stop();
      await redis.start();
    },
    settled: async () => {},
    // Without the one that asks.
    commands: async () => Number(/^total_commands_processed:(\d+)/m.exec(redis.info())?.[1]) - 1,
    port: redis.port,
    close: redis.stop,
  };
};

/** The stages that can be had here; `close` ends each. */
export const makeStages = async (databases, folder) =>
  [healflowStage(databases), await bullmqStage(folder), await locksStage()].filter((stage) => stage !== undefined);
