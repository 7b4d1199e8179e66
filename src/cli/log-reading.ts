import { existsSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { type DamagedRange, logFile, resolveMemoryDir } from '../event-log/index.ts';
import { messageOf } from '../text/error-text.ts';
import { printable } from '../text/sanitize.ts';
import type { Io } from './io.ts';

export interface MemoryReadingOptions {
  readonly memory?: string | undefined;
  readonly config?: string | undefined;
}

const maxShown = 5;

const writeStderr = ({ stderr }: Io, message: string): void => {
  stderr.write(`healflow: ${printable(message)}\n`);
};

const partsText = (count: number): string => (count === 1 ? '1 damaged part' : `${count} damaged parts`);
const linesOf = (count: number): string => (count === 1 ? '1 line' : `${count} lines`);

const sayDamage = (io: Io, count: number, shown: readonly DamagedRange[]): void => {
  if (count === 0) return;
  const places = shown.map(({ file, line, lines, reason }) => `${file}:${line}: ${reason} (${linesOf(lines)})`);
  const more = count > shown.length ? [`... and ${count - shown.length} more`] : [];
  writeStderr(io, `skipped ${partsText(count)} of the log and read the rest:`);
  const advice = 'run "healflow log --repair" to set them aside';
  for (const line of [...places, ...more, advice]) io.stderr.write(`  ${printable(line)}\n`);
};

/**
 * Runs a command that reads a memory folder, and reports on standard error what could not be read.
 *
 * Resolves with the exit code: 0, also if there is no log yet or a part of it is damaged; 2 if it cannot be read or the
 * named folder does not exist. Rejects with a HealError if the configuration is invalid.
 *
 * @param use Reads the folder, and reports each damaged range to `onDamage`.
 */
export const readMemory = async (
  { memory, config: configFile }: MemoryReadingOptions,
  io: Io,
  use: (memoryDir: string, onDamage: (damage: DamagedRange) => void) => Promise<void>,
): Promise<number> => {
  const { cwd } = io;
  // If the folder is named, an invalid configuration does not matter.
  const config = memory !== undefined && configFile === undefined ? undefined : await loadConfig({ configFile, cwd });
  const memoryDir = resolveMemoryDir({ memory, config, cwd });
  if (memory !== undefined && !existsSync(memoryDir)) {
    writeStderr(io, `there is no folder ${memoryDir}`);
    return 2;
  }
  if (!existsSync(logFile(memoryDir)))
    writeStderr(io, `there is no log yet: the first event creates ${logFile(memoryDir)}`);
  let count = 0;
  const shown: DamagedRange[] = [];
  try {
    await use(memoryDir, (damage) => {
      count += 1;
      if (shown.length < maxShown) shown.push(damage);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException)?.syscall === 'write') throw error;
    writeStderr(io, `the log cannot be read: ${messageOf(error)}`);
    return 2;
  } finally {
    sayDamage(io, count, shown);
  }
  return 0;
};
