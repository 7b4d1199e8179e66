import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, initPostgres, listening, spawnPostgres } from '../support/postgres.ts';

const redisServer = '/usr/bin/redis-server';

export const noRedis = (): string | undefined =>
  existsSync(redisServer) ? undefined : `Redis is not installed (${redisServer}): apt-get install redis-server`;

/** A database on this machine, with a folder of its own. It is started once, and ends with the suite. */
export class Database {
  readonly #start: (folder: string, port: number) => ChildProcess | Promise<ChildProcess>;
  #started: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #folder = '';
  #port = 0;

  constructor(start: (folder: string, port: number) => ChildProcess | Promise<ChildProcess>) {
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
    this.#child = await this.#start(this.#folder, this.#port);
    await listening(this.#child, this.#port);
  }
}

export const postgres = new Database(async (folder, port) => {
  await initPostgres(folder, { user: 'reader' });
  return spawnPostgres(folder, port);
});

export const redis = new Database((folder, port) =>
  spawn(redisServer, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  }),
);
