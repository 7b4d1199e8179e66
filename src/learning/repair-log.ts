import { encodeRecord } from '../event-log/encode-record.ts';
import { repairSeries } from '../event-log/log-files.ts';
import { createSafeAppender, type SafeAppenderOptions } from '../event-log/safe-append.ts';
import { yamlSafe } from '../event-log/yaml-string.ts';
import type { Redact } from '../model/diagnosis.ts';
import { wellFormed } from '../text/well-formed.ts';
import { toLearningRecord } from './learning-record.ts';
import type { LearningRecord, RepairAction } from './model.ts';

export interface RepairLogOptions extends Pick<SafeAppenderOptions, 'warn' | 'maxFileBytes' | 'keepFiles'> {
  /** The folder below which `learned/repairs.yaml` is written; made when the first record is. */
  readonly memoryDir: string;
  /** Masks secrets; every text goes through it before it is written. */
  readonly redact: Redact;
}

/** What was run against failures, and how they ended: an append-only file. */
export interface RepairLog {
  /** Writes one record, at once and in one piece. Never throws; returns false if it could not be written. */
  append(record: LearningRecord): boolean;
}

/** The longest command that is kept, in bytes of JSON, and the most that is kept of what ran in between. */
const maxActionBytes = 2_048;
const maxBetweenBytes = 768;
const maxBetween = 8;

const bytesOf = (texts: readonly string[]): number => Buffer.byteLength(yamlSafe(JSON.stringify(texts)));

/** Masks an argument, also one whose secret shows only by the argument before it, as in `--password x`. */
const maskArgument = (redact: Redact, previous: string | undefined, argument: string): string => {
  const alone = redact(argument);
  if (previous === undefined || alone !== argument) return alone;
  const before = `${previous} `;
  const both = redact(before + argument);
  return both.startsWith(before) ? both.slice(before.length) : alone;
};

/** Masks what shows as a secret only in the whole command, as in `mysqladmin -pSECRET`. */
const maskTogether = (redact: Redact, given: readonly string[]): readonly string[] => {
  const line = given.join(' ');
  const masked = redact(line);
  if (masked === line) return given;
  let start = 0;
  while (start < line.length && line[start] === masked[start]) start += 1;
  let end = 0;
  const longest = Math.min(line.length, masked.length) - start;
  while (end < longest && line.at(-1 - end) === masked.at(-1 - end)) end += 1;
  const last = Math.max(start + 1, line.length - end);
  let at = 0;
  return given.map((argument) => {
    const from = at;
    at += argument.length + 1;
    return from < last && from + argument.length >= start ? '[redacted]' : argument;
  });
};

/** Masks a command, and leaves out its last arguments if it is too long. */
const maskAction = (
  action: RepairAction,
  redact: Redact,
): { readonly action: RepairAction; readonly incomplete?: true } => {
  if (!('run' in action)) return { action: { use: wellFormed(redact(action.use)) } };
  const given = action.run.map(wellFormed);
  const alone = given.map((argument, index) => maskArgument(redact, given[index - 1], argument));
  const run = [...maskTogether(redact, alone)];
  const isMasked = run.some((argument, index) => argument !== action.run[index]);
  while (run.length > 0 && bytesOf(run) > maxActionBytes) run.pop();
  return isMasked || run.length < given.length ? { action: { run }, incomplete: true } : { action: { run } };
};

/** What fits of a list, the first ones first. */
const maskBetween = (between: readonly string[], redact: Redact): readonly string[] => {
  const masked = between.slice(0, maxBetween).map((text) => wellFormed(redact(text).slice(0, 256)));
  // One stays: an empty list says that nothing was run.
  while (masked.length > 1 && bytesOf(masked) > maxBetweenBytes) masked.pop();
  return masked;
};

/** Orders a record as every one is written: when it ended first, and its kind, which closes it, last. */
const toFields = (record: LearningRecord, redact: Redact): object => {
  const { timestamp, tool, sig, args, kind, ...more } =
    record.kind === 'noted' ? record : { ...record, window_ms: Math.round(record.window_ms) };
  const parts =
    'action' in more
      ? { ...more, ...maskAction(more.action, redact) }
      : 'between' in more
        ? { ...more, between: maskBetween(more.between, redact) }
        : more;
  return { timestamp, tool, sig, args, ...parts, kind };
};

/** Makes the log of repairs of a memory folder. Nothing is created on disk before the first record. */
export const createRepairLog = ({ memoryDir, redact, ...options }: RepairLogOptions): RepairLog => {
  const guarded = createSafeAppender({ ...options, consequence: 'healflow learns nothing meanwhile' });
  const write = guarded(repairSeries(memoryDir));
  return {
    append: (record) =>
      write(() => {
        if (toLearningRecord({ ...record }) === null)
          throw new Error(`this record is not complete: ${JSON.stringify(record)}`);
        return encodeRecord(toFields(record, redact), redact);
      }),
  };
};
