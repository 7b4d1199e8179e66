import { noPostgres } from '../../support/postgres.ts';
import { postgres as database } from '../databases.ts';
import { peer } from '../install.ts';
import { relayBackend } from '../relay.ts';
import type { Server } from '../server.ts';

const errors: Readonly<Record<number, readonly [sqlState: string, message: string]>> = {
  401: ['28P01', 'password authentication failed for user "reader"'],
  403: ['42501', 'permission denied for table tea'],
  404: ['42P01', 'relation "tea" does not exist'],
  429: ['53300', 'sorry, too many clients already'],
  500: ['XX000', 'cache lookup failed for relation 16384'],
  503: ['57P03', 'the database system is starting up'],
};

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
/** A failed statement; the connection stays as it was. */
const failed = (status: number): Buffer => {
  const [sqlState, text] = errors[status] ?? ['XX000', String(status)];
  const fields = `SERROR\0VERROR\0C${sqlState}\0M${text}\0\0`;
  return Buffer.concat([message('E', Buffer.from(fields)), message('Z', Buffer.from('I'))]);
};
const isStatement = (bytes: Buffer): boolean => bytes[0] === 'Q'.charCodeAt(0);

export const postgres: Server = {
  name: 'PostgreSQL',
  package: '@modelcontextprotocol/server-postgres',
  short: true,
  command: ({ host, port }) => [
    process.execPath,
    peer('@modelcontextprotocol/server-postgres/dist/index.js'),
    `postgresql://reader@${host}:${port}/postgres`,
  ],
  read: { name: 'query', arguments: { sql: "SELECT 'green' AS tea" }, healthy: /"tea": "green"/ },
  login: { fix: 'token_refresh' },
  backend: relayBackend({ failed, meets: isStatement }, database),
  without: { '404, stale cache': 'a missing table is not a matter of a cache' },
  missing: noPostgres,
};
