import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { program } from './programs.ts';

/** A port at which nothing listens, below the range that the system assigns by itself. */
const freePort = async (): Promise<number> => {
  for (let port = 20_000 + (process.pid % 9_000); ; port += 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
};

/** The service behind the tools, a process that is restarted when it dies, and its journal of effects. */
export class Backend {
  /** The file with the call of each effect, one a line; it outlives the service. */
  readonly journal: string;
  readonly deadUrl: string;
  #port: number;
  #child: ChildProcess | undefined;
  #up: Promise<void> = Promise.resolve();
  #deaths = 0;
  #onDeath: () => void = () => {};
  #closed = false;

  private constructor(journal: string, port: number, deadPort: number) {
    this.journal = journal;
    this.#port = port;
    this.deadUrl = `http://127.0.0.1:${deadPort}/`;
    this.#up = this.#start();
  }

  static async open(folder: string): Promise<Backend> {
    const journal = join(folder, 'effects.log');
    writeFileSync(journal, '');
    const backend = new Backend(journal, 0, await freePort());
    await backend.#up;
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Resolves when the service listens. */
  get up(): Promise<void> {
    return this.#up;
  }

  /** Number of times that the service has died. */
  get deaths(): number {
    return this.#deaths;
  }

  /** Resolves when the service has died again since `before` deaths, and listens again. */
  async died(before: number): Promise<void> {
    while (this.#deaths === before) {
      await new Promise<void>((resolve) => {
        this.#onDeath = resolve;
      });
    }
    await this.#up;
  }

  /** Number of effects of each call, once all effects that began are written. */
  async effects(): Promise<ReadonlyMap<string, number>> {
    await this.#up;
    await (await fetch(this.url)).text();
    const counts = new Map<string, number>();
    for (const call of readFileSync(this.journal, 'utf8').split('\n')) counts.set(call, (counts.get(call) ?? 0) + 1);
    counts.delete('');
    return counts;
  }

  close(): void {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
  }

  async #start(): Promise<void> {
    const child = fork(program('backend.mjs'), [this.journal, String(this.#port)]);
    this.#child = child;
    child.once('exit', () => {
      this.#deaths += 1;
      if (!this.#closed) this.#up = this.#start();
      this.#onDeath();
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    this.#port = port;
  }
}
