import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../fixtures/event-log/writer.mjs', import.meta.url));

export interface WriterOptions {
  readonly maxFileBytes?: number;
  readonly keepFiles?: number;
  /** The user that writes, where the test may become another. */
  readonly asUser?: number;
  /** Whether it writes repairs in place of events; `window_ms` is their number. */
  readonly repairs?: boolean;
}

/** Starts a process that writes `count` events of the tool `name`. */
export const startWriter = (
  memoryDir: string,
  name: string,
  count: number,
  options: WriterOptions = {},
): ChildProcess =>
  spawn(process.execPath, [program, memoryDir, name, String(count), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Resolves with the exit code, or the signal, once it has ended. */
export const ended = async (child: ChildProcess): Promise<number | string> => {
  const [code, signal] = await once(child, 'close');
  return code ?? signal;
};

/** The numbers of the events that a writer was told were written. */
export const acknowledged = (memoryDir: string, name: string): number[] =>
  readFileSync(join(memoryDir, `${name}.acks`), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(Number);
