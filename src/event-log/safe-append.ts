import { noError } from '../text/error-text.ts';
import { AppendProblem, createAppender } from './append.ts';
import { liveFile, type Series } from './log-files.ts';

export interface SafeAppenderOptions {
  /** Called once for each kind of problem. */
  readonly warn: (message: string) => void;
  /** What it means that a record is not written, for the warning. */
  readonly consequence: string;
  /** A file that would grow beyond this is rotated. @default 16777216 */
  readonly maxFileBytes?: number | undefined;
  /** How many rotated files are kept beside the live one, at least 1. @default 15 */
  readonly keepFiles?: number | undefined;
}

/** Appends a record that is made by the function. Never throws; returns false if it could not be written. */
export type SafeAppend = (record: () => string) => boolean;

const problemOf = (error: unknown): { readonly code: string; readonly words: string } => {
  if (error instanceof AppendProblem) return { code: error.code, words: error.message };
  const { code = 'ERROR', message = noError } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ELOOP') return { code, words: 'it is a symbolic link' };
  return { code, words: String(message) };
};

/** Makes appenders that warn once about each kind of problem, where the plain one throws. */
export const createSafeAppender = (options: SafeAppenderOptions): ((series: Series) => SafeAppend) => {
  const { warn, consequence, maxFileBytes = 16 * 1024 * 1024, keepFiles = 15 } = options;
  const warned = new Set<string>();

  const say = (series: Series, error: unknown): void => {
    const { code, words } = problemOf(error);
    const problem = `${series.name} ${code}`;
    if (warned.has(problem)) return;
    warned.add(problem);
    try {
      warn(`${liveFile(series)} cannot be written: ${words}; ${consequence}`);
    } catch {
      // A warning that fails must not become a failure of the call.
    }
  };

  return (series) => {
    const append = createAppender({ series, maxFileBytes, keepFiles: Math.max(1, keepFiles) });
    return (record) => {
      try {
        append(record());
        return true;
      } catch (error) {
        say(series, error);
        return false;
      }
    };
  };
};
