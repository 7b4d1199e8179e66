import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const debian = '/usr/lib/postgresql';
const [newest] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
const inPostgres = (name: string): string => join(debian, newest ?? '', 'bin', name);
const poolerProgram = '/usr/sbin/pgbouncer';

/** Why there is no PostgreSQL on this machine; undefined if there is. */
export const noPostgres = (): string | undefined =>
  existsSync(inPostgres('initdb')) ? undefined : `PostgreSQL is not installed (${debian}): apt-get install postgresql`;

/** The same for PgBouncer. */
export const noPgBouncer = (): string | undefined =>
  existsSync(poolerProgram)
    ? undefined
    : `PgBouncer is not installed (${poolerProgram}): apt-get install --no-install-recommends pgbouncer`;

/** Whether tests with real databases have to be skipped; says so on stderr, since nobody reads what was not run. */
export const skipWithoutDatabases = (): boolean => {
  const missing = [noPostgres(), noPgBouncer()].filter((reason) => reason !== undefined);
  for (const reason of missing) process.stderr.write(`\nSKIPPED, tests with a real database: ${reason}\n\n`);
  return missing.length > 0;
};

/** A port of the loopback interface that is free now. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

/** Whether something accepts connections at this port of the loopback interface. */
const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });

/** Waits until a program listens. */
export const listening = async (child: ChildProcess, port: number): Promise<void> => {
  while (!(await isListening(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the database ended at once');
    await sleep(20);
  }
};

/** PostgreSQL and PgBouncer do not run as root. */
const unprivileged = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
};

/** Makes the folder of a database cluster whose administrator is `user`, and trusts everybody on this machine. */
export const initPostgres = (folder: string, user: string): void => {
  chmodSync(folder, 0o777);
  const init = ['--pgdata', join(folder, 'data'), '--username', user, '--auth', 'trust', '--no-sync', '--locale', 'C'];
  execFileSync(inPostgres('initdb'), [...init, '--encoding', 'UTF8'], {
    ...unprivileged(),
    cwd: folder,
    stdio: 'ignore',
  });
};

/** Starts PostgreSQL in such a folder. It does not wait for the disk. */
export const spawnPostgres = (
  folder: string,
  port: number,
  more: Readonly<Record<string, string>> = {},
): ChildProcess => {
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...more };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(inPostgres('postgres'), ['-D', join(folder, 'data'), '-F', ...given], {
    ...unprivileged(),
    cwd: folder,
    stdio: 'ignore',
  });
};

/** A program that a test starts and stops several times, at one port. */
class Service {
  readonly port: number;
  readonly #spawn: () => ChildProcess;
  #child: ChildProcess | undefined;

  constructor(port: number, start: () => ChildProcess) {
    this.port = port;
    this.#spawn = start;
  }

  async start(): Promise<void> {
    this.#child = this.#spawn();
    await listening(this.#child, this.port);
  }

  /** Ends it, and waits until it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  /** Sends it a signal, such as SIGSTOP: it then accepts connections, and never responds. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }
}

/** One PostgreSQL of a test file. */
export class Postgres extends Service {
  readonly folder: string;

  private constructor(folder: string, port: number) {
    super(port, () => spawnPostgres(folder, port, { max_connections: '200', shared_buffers: '16MB' }));
    this.folder = folder;
  }

  /** Makes a cluster in a folder of its own, and starts it. Its administrator is `postgres`. */
  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'healflow-postgres-'));
    initPostgres(folder, 'postgres');
    const server = new Postgres(folder, await freePort());
    await server.start();
    return server;
  }

  /** Starts it, and waits until it takes statements. */
  override async start(): Promise<void> {
    await super.start();
    const isReady = (): boolean =>
      spawnSync(inPostgres('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(this.port)]).status === 0;
    while (!isReady()) await sleep(20);
  }

  url(user = 'postgres', database = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Stops it without waiting for its clients; `start` starts it again. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  /** Stops it as a crash does. */
  crash(): Promise<void> {
    return this.end('SIGQUIT');
  }

  async close(): Promise<void> {
    this.signal('SIGCONT');
    await this.end('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A PgBouncer in transaction mode in front of a PostgreSQL. */
export class PgBouncer extends Service {
  readonly #folder: string;

  private constructor(folder: string, port: number) {
    super(port, () =>
      spawn(poolerProgram, ['-q', join(folder, 'pgbouncer.ini')], { ...unprivileged(), cwd: folder, stdio: 'ignore' }),
    );
    this.#folder = folder;
  }

  /** @param size The number of connections to the server, per role and database. */
  static async start(server: Postgres, size = 20): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'healflow-pooler-'));
    chmodSync(folder, 0o777);
    const port = await freePort();
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'any',
      pool_mode: 'transaction',
      default_pool_size: size,
      max_client_conn: 2_000,
      server_login_retry: 1,
    };
    const databases = ['postgres', 'fleet'].map(
      (name) => `${name} = host=127.0.0.1 port=${server.port} dbname=${name} user=fleet_app`,
    );
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    writeFileSync(
      join(folder, 'pgbouncer.ini'),
      `[databases]\n${databases.join('\n')}\n[pgbouncer]\n${lines.join('\n')}\n`,
    );
    const pooler = new PgBouncer(folder, port);
    await pooler.start();
    return pooler;
  }

  url(database = 'fleet'): string {
    return `postgres://fleet_app@127.0.0.1:${this.port}/${database}`;
  }

  /** Kills it; `start` starts it again. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
