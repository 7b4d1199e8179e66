import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loopback } from '../world/http.ts';

// A PostgreSQL of its own in a temporary folder, on loopback, for the demo and for tests.

/** Where packages put the programs of a server, each version in a folder of its own. */
const versioned = [
  ['/usr/lib/postgresql', /^(\d+)$/, 'bin'],
  ['/usr', /^pgsql-(\d+)$/, 'bin'],
  ['/opt/homebrew/opt', /^postgresql@(\d+)$/, 'bin'],
  ['/usr/local/opt', /^postgresql@(\d+)$/, 'bin'],
] as const;

const programFolders = (): string[] =>
  versioned.flatMap(([parent, name, bin]) =>
    (existsSync(parent) ? readdirSync(parent) : [])
      .flatMap((folder) => {
        const version = name.exec(folder)?.[1];
        return version === undefined ? [] : [{ folder: join(parent, folder, bin), version: Number(version) }];
      })
      .sort((a, b) => b.version - a.version)
      .map(({ folder }) => folder),
  );

/** Returns the folder with the programs of the newest installed PostgreSQL server; undefined if there is none. */
export const postgresPrograms = (): string | undefined =>
  [...programFolders(), ...(process.env.PATH ?? '').split(delimiter)].find(
    (folder) => folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );

const program = (name: string): string => {
  const folder = postgresPrograms();
  if (folder === undefined) throw new Error('PostgreSQL is not installed');
  return join(folder, name);
};

const idOf = (flag: string): number => {
  try {
    return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (error) {
    throw new Error('PostgreSQL does not run as root, and there is no user postgres: use another user', {
      cause: error,
    });
  }
};

/** The user of a database, which does not run as root. */
export const unprivileged = (): { readonly uid?: number; readonly gid?: number } =>
  process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};

/** A port of the loopback interface that is free now. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, loopback);
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
};

/** The administrator of a database cluster; without a password, everybody on this machine is trusted. */
export interface Administrator {
  readonly user: string;
  readonly password?: string;
}

/**
 * Makes a database cluster in an empty folder, which then belongs to the user of the database.
 *
 * @param signal Ends it.
 */
export const initPostgres = async (
  folder: string,
  { user, password }: Administrator,
  signal?: AbortSignal,
): Promise<void> => {
  const owner = unprivileged();
  const passwordFile = join(folder, 'password');
  const { uid, gid } = owner;
  const give = (path: string): void => {
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  };
  give(folder);
  const login = password === undefined ? ['--auth', 'trust'] : ['--auth', 'scram-sha-256', '--pwfile', passwordFile];
  if (password !== undefined) {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    give(passwordFile);
  }
  const cluster = ['--pgdata', join(folder, 'data'), '--username', user, '--encoding', 'UTF8', '--locale', 'C'];
  const init = spawn(program('initdb'), [...cluster, '--no-sync', ...login], {
    ...owner,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C is for the demo, which then ends this.
    detached: true,
    ...(signal === undefined ? {} : { signal }),
  });
  let errors = '';
  init.on('error', (error) => {
    errors += String(error);
  });
  init.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => init.once('close', resolve));
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb failed: ${errors.trim().split('\n').at(-1) ?? ''}`);
};

const logFile = (folder: string): string => join(folder, 'log');

/**
 * Starts PostgreSQL in such a folder. It does not wait for the disk.
 *
 * @param detached Whether it is in a process group of its own, which Ctrl-C does not reach.
 */
export const spawnPostgres = (
  folder: string,
  port: number,
  more: Readonly<Record<string, string>> = {},
  detached = false,
): ChildProcess => {
  const settings = { port, listen_addresses: loopback, unix_socket_directories: folder, ...more };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(logFile(folder), 'a');
  try {
    return spawn(program('postgres'), ['-D', join(folder, 'data'), '-F', ...given], {
      ...unprivileged(),
      cwd: folder,
      stdio: ['ignore', 'ignore', log],
      detached,
    });
  } finally {
    closeSync(log);
  }
};

const execute = promisify(execFile);

/** Waits until PostgreSQL takes statements. @throws Error if it ends before. */
export const postgresReady = async (child: ChildProcess, folder: string, port: number): Promise<void> => {
  const isReady = (): Promise<boolean> =>
    execute(program('pg_isready'), ['-q', '-h', loopback, '-p', String(port)]).then(
      () => true,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`PostgreSQL ended at once: ${readFileSync(logFile(folder), 'utf8').trim().split('\n').at(-1)}`);
    }
    await sleep(20);
  }
};
