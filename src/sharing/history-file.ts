import { refusalCodes } from '../model/refusal.ts';
import { isNotFound } from '../platform/fs.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { isRecord } from '../text/is-record.ts';
import { type FinishedRun, type FixHistory, noHistory } from './history.ts';

const isRun = (value: unknown): value is FinishedRun =>
  isRecord(value) &&
  Number.isFinite(value.endedAt) &&
  ['id', 'by', 'status', 'reason'].every((name) => typeof value[name] === 'string') &&
  (value.code === undefined || typeof value.code === 'string');

/** Reads the last run, without a code that only another version of healflow knows. */
const runIn = (value: unknown): FinishedRun | null => {
  if (!isRun(value)) return null;
  return refusalCodes.some((code) => code === value.code) ? value : { ...value, code: undefined };
};

const isSuccess = (value: unknown): value is NonNullable<FixHistory['lastSuccess']> =>
  isRecord(value) && Number.isFinite(value.endedAt) && typeof value.by === 'string';

/** Reads a history from its text. */
const historyIn = (text: string): FixHistory => {
  try {
    return historyOf(JSON.parse(text));
  } catch {
    return noHistory;
  }
};

/** Makes a history of what was stored of it. Each damaged part counts as missing. */
export const historyOf = (value: unknown): FixHistory => {
  if (!isRecord(value)) return noHistory;
  const { starts, last, lastSuccess } = value;
  return {
    starts: Array.isArray(starts) ? starts.filter((at) => Number.isFinite(at)) : [],
    last: runIn(last),
    lastSuccess: isSuccess(lastSuccess) ? lastSuccess : null,
  };
};

/** A history has at most 1,000 starts and a reason. */
const maxBytes = 1_048_576;

/** Reads a history; one that does not exist is empty. Throws if there is something else than a file. */
export const readHistory = (path: string): FixHistory => {
  try {
    return historyIn(readRegularFile(path, maxBytes).text ?? '');
  } catch (error) {
    if (isNotFound(error)) return noHistory;
    throw error;
  }
};

/** The same, for a first guess: empty if it cannot be read. */
export const peekHistory = (path: string): FixHistory => {
  try {
    return readHistory(path);
  } catch {
    return noHistory;
  }
};

/** Writes it in one step: a reader sees the one before or this one. @param key The fix, for people. */
export const writeHistory = (path: string, key: string, history: FixHistory, id: string): Promise<void> =>
  replaceFileUnsynced(path, `${JSON.stringify({ fix: key, ...history })}\n`, id);
