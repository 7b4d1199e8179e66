import { HealError } from '../errors.ts';
import { type RepairedFile, repairLog } from '../event-log/index.ts';
import { learningRecords } from '../learning/read-repairs.ts';
import { messageOf } from '../text/error-text.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { type Io, outputTo } from './io.ts';
import { type MemoryReadingOptions, readMemory } from './log-reading.ts';

export interface LogRepairOptions extends MemoryReadingOptions {
  readonly json?: boolean | undefined;
}

const notTogether = ['follow', 'tool', 'since', 'lines'];

const textOf = ({ path, pieces, bytes, aside, problem }: RepairedFile): string => {
  const records = pieces === 1 ? '1 damaged record' : `${pieces} damaged records`;
  const done = aside === null ? 'repaired' : `set ${records} (${bytes} bytes) aside in ${aside}`;
  return printable(problem === null ? `${path}: ${done}` : `${path}: not repaired: ${problem}`);
};

/**
 * Repairs the files of a log and says what was done.
 *
 * Resolves with the exit code: 1 if a person has to repair something, or a file cannot be written.
 *
 * @throws HealError `CONFIG_INVALID` if there are options that only go with showing events.
 */
export const repairLogFiles = async (options: LogRepairOptions, io: Io): Promise<number> => {
  const other = notTogether.find((name) => (options as Record<string, unknown>)[name] !== undefined);
  if (other !== undefined) throw new HealError('CONFIG_INVALID', `--repair shows no events: leave out --${other}`);
  const output = outputTo(io.stdout);
  let code = 0;
  const read = await readMemory(options, io, async (memoryDir) => {
    try {
      const files = await repairLog(memoryDir, [learningRecords(memoryDir)]);
      if (files.some(({ problem }) => problem !== null)) code = 1;
      const lines = files.map((file) => (options.json === true ? printableJson(JSON.stringify(file)) : textOf(file)));
      if (lines.length === 0 && options.json !== true) lines.push('nothing to repair');
      if (await output.write(lines.map((line) => `${line}\n`).join(''))) await output.end();
    } catch (error) {
      if ((error as NodeJS.ErrnoException)?.syscall === 'write') throw error;
      code = 1;
      io.stderr.write(`healflow: the log cannot be repaired: ${printable(messageOf(error))}\n`);
    }
  });
  return Math.max(code, read);
};
