import { redis as database, noRedis } from '../databases.ts';
import { peer } from '../install.ts';
import { relayBackend } from '../relay.ts';
import type { Server } from '../server.ts';

const errors: Readonly<Record<number, string>> = {
  401: 'NOAUTH Authentication required.',
  403: "NOPERM User default has no permissions to run the 'get' command",
  404: 'ERR no such key',
  429: 'ERR max number of clients reached',
  500: "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled.",
  503: 'LOADING Redis is loading the dataset in memory',
};
/** A command of the tools, in the protocol's form; the client's own commands at the start are others. */
const isCommand = (names: string) => (message: Buffer) =>
  new RegExp(`^\\*\\d+\\r\\n\\$3\\r\\n(${names})\\r\\n`, 'i').test(message.toString('latin1'));

export const redis: Server = {
  name: 'Redis',
  package: '@modelcontextprotocol/server-redis',
  command: ({ host, port }) => [
    process.execPath,
    peer('@modelcontextprotocol/server-redis/dist/index.js'),
    `redis://${host}:${port}`,
  ],
  read: { name: 'get', arguments: { key: 'tea' }, healthy: /^(green|Key not found: tea)$/ },
  write: { name: 'set', arguments: { key: 'pot', value: 'full' }, healthy: /Successfully set key: pot/ },
  login: { fix: 'token_refresh' },
  backend: relayBackend(
    {
      failed: (status) => Buffer.from(`-${errors[status]}\r\n`),
      meets: isCommand('get|set'),
      writes: isCommand('set'),
    },
    database,
  ),
  reportedBeforeWork: ['503'],
  without: { '404': 'a missing key is no failure', '404, stale cache': 'a missing key is no failure' },
  missing: noRedis,
};
