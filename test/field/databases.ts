import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port of the loopback interface that is free now. */
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const debian = '/usr/lib/postgresql';
const [newest] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
const inPostgres = (name: string): string => join(debian, newest ?? '', 'bin', name);
const redisServer = '/usr/bin/redis-server';

export const noPostgres = (): string | undefined =>
  existsSync(inPostgres('initdb')) ? undefined : `PostgreSQL is not installed (${debian}): apt-get install postgresql`;
export const noRedis = (): string | undefined =>
  existsSync(redisServer) ? undefined : `Redis is not installed (${redisServer}): apt-get install redis-server`;

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });

/** A database on this machine, with a folder of its own. It is started once, and ends with the suite. */
export class Database {
  readonly #start: (folder: string, port: number) => ChildProcess;
  #started: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #folder = '';
  #port = 0;

  constructor(start: (folder: string, port: number) => ChildProcess) {
    this.#start = start;
  }

  get port(): number {
    return this.#port;
  }

  start(): Promise<void> {
    this.#started ??= this.#open();
    return this.#started;
  }

  stop(): void {
    this.#child?.kill('SIGINT');
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #open(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'healflow-database-'));
    this.#port = await freePort();
    this.#child = this.#start(this.#folder, this.#port);
    while (!(await isListening(this.#port))) {
      if (this.#child.exitCode !== null) throw new Error('the database ended at once');
      await sleep(50);
    }
  }
}

/** PostgreSQL does not run as root. */
const asUser = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
};

export const postgres = new Database((folder, port) => {
  const user = asUser();
  const data = join(folder, 'data');
  chmodSync(folder, 0o777);
  const init = ['--pgdata', data, '--username', 'reader', '--auth', 'trust', '--no-sync', '--locale', 'C'];
  execFileSync(inPostgres('initdb'), init, { ...user, cwd: folder, stdio: 'ignore' });
  const settings = [
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ];
  return spawn(inPostgres('postgres'), ['-D', data, '-F', ...settings], { ...user, cwd: folder, stdio: 'ignore' });
});

export const redis = new Database((folder, port) =>
  spawn(redisServer, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  }),
);
