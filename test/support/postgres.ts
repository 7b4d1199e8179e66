import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  freePort,
  initPostgres,
  postgresPrograms,
  postgresReady,
  spawnPostgres,
  unprivileged,
} from '../../src/demo/fleet/postgres.ts';

export { freePort, initPostgres, spawnPostgres } from '../../src/demo/fleet/postgres.ts';

const poolerProgram = '/usr/sbin/pgbouncer';

/** Why there is no PostgreSQL on this machine; undefined if there is. */
export const noPostgres = (): string | undefined =>
  postgresPrograms() === undefined ? 'PostgreSQL is not installed: apt-get install postgresql' : undefined;

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

/** A program that a test starts and stops several times, at one port. */
class Service {
  readonly port: number;
  readonly #spawn: () => ChildProcess;
  readonly #ready: (child: ChildProcess) => Promise<void>;
  #child: ChildProcess | undefined;

  constructor(port: number, start: () => ChildProcess, ready: (child: ChildProcess) => Promise<void>) {
    this.port = port;
    this.#spawn = start;
    this.#ready = ready;
  }

  async start(): Promise<void> {
    this.#child = this.#spawn();
    await this.#ready(this.#child);
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

  private constructor(folder: string, port: number, more: Readonly<Record<string, string>>) {
    super(
      port,
      () => spawnPostgres(folder, port, { max_connections: '200', shared_buffers: '16MB', ...more }),
      (child) => postgresReady(child, folder, port),
    );
    this.folder = folder;
  }

  /**
   * Makes a cluster in a folder of its own, and starts it. Its administrator is `postgres`.
   *
   * @param prepare Is given the folder before the start, and returns settings.
   */
  static async start(prepare: (folder: string) => Readonly<Record<string, string>> = () => ({})): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'healflow-postgres-'));
    await initPostgres(folder, { user: 'postgres' });
    const server = new Postgres(folder, await freePort(), prepare(folder));
    await server.start();
    return server;
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
    super(
      port,
      () =>
        spawn(poolerProgram, ['-q', join(folder, 'pgbouncer.ini')], {
          ...unprivileged(),
          cwd: folder,
          stdio: 'ignore',
        }),
      (child) => listening(child, port),
    );
    this.#folder = folder;
  }

  /**
   * @param size The number of connections to the server, per role and database.
   * @param more Other settings.
   */
  static async start(
    server: Pick<Postgres, 'port'>,
    size = 20,
    more: Readonly<Record<string, string | number>> = {},
  ): Promise<PgBouncer> {
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
      ...more,
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
