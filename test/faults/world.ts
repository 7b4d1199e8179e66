import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Backend } from './backend.ts';
import { program } from './programs.ts';

const linesOf = (file: string): string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** The folder of one MCP server of the suite, and the service that its tools call. */
export class World {
  readonly folder: string;
  readonly backend: Backend;

  private constructor(folder: string, backend: Backend) {
    this.folder = folder;
    this.backend = backend;
  }

  static async open(folder: string): Promise<World> {
    mkdirSync(join(folder, 'cache'), { recursive: true });
    const backend = await Backend.open(folder);
    writeFileSync(join(folder, 'service.json'), JSON.stringify({ url: backend.url, deadUrl: backend.deadUrl }));
    const world = new World(folder, backend);
    world.restore();
    return world;
  }

  /** The command that starts the server. */
  get server(): readonly string[] {
    return [process.execPath, program('server.js'), this.folder];
  }

  /** Makes the login expire, or the cache stale. */
  break(what: 'login' | 'cache'): void {
    if (what === 'login') writeFileSync(join(this.folder, 'token'), 'old');
    else writeFileSync(join(this.folder, 'cache/stale'), 'stale');
  }

  /** Makes the login valid. */
  restore(): void {
    writeFileSync(join(this.folder, 'token'), 'fresh');
  }

  /** Number of attempts of this call. */
  callsOf(call: string): number {
    return linesOf(join(this.folder, 'attempts.log')).filter((line) => line === call).length;
  }

  /** The responses that the server has sent to this call, byte for byte. */
  responsesTo(call: string): string[] {
    return linesOf(join(this.folder, 'sent.log'))
      .map((line) => JSON.parse(line) as { readonly call: string; readonly line: string })
      .filter((sent) => sent.call === call)
      .map(({ line }) => line);
  }

  /** Number of runs of the fix commands. */
  get fixRuns(): number {
    return linesOf(join(this.folder, 'fixes.log')).length;
  }

  close(): void {
    this.backend.close();
  }
}
