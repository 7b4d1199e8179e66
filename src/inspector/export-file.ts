import { isRecord } from '../text/is-record.ts';
import type { RunAttempt, RunDetail, RunDiagnosis, RunFix, RunStatus, Step } from './model.ts';

/** Maximum size of an export in bytes; typical exports have a few thousand. */
export const maxExportBytes = 8_000_000;

type Entry = Readonly<Record<string, unknown>>;

const text = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' ? value.slice(0, 20_000) : otherwise;
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? text(value) : null);
const number = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.slice(0, 100).filter((one): one is string => typeof one === 'string') : [];

/** Returns the valid entries of a list, at most 2,000. */
const entries = <T>(value: unknown, read: (entry: Entry) => T): readonly T[] =>
  Array.isArray(value) ? value.slice(0, 2000).filter(isRecord).map(read) : [];

const statuses: readonly RunStatus[] = ['running', 'healed', 'succeeded', 'failed', 'unknown'];

const step = (entry: Entry): Step => ({
  seq: number(entry.seq),
  at: number(entry.at),
  atMs: number(entry.atMs),
  from: text(entry.from),
  to: text(entry.to),
  durationMs: numberOrNull(entry.durationMs),
  ...(typeof entry.note === 'string' && { note: text(entry.note) }),
});

const diagnosis = (entry: Entry): RunDiagnosis => ({
  attempt: number(entry.attempt),
  class: text(entry.class),
  pattern: text(entry.pattern),
  fix: textOrNull(entry.fix),
  delivered: text(entry.delivered),
  evidence: text(entry.evidence),
  why: text(entry.why),
  ...((typeof entry.confidence === 'string' || typeof entry.confidence === 'number') && {
    confidence: entry.confidence,
  }),
});

const fix = (entry: Entry): RunFix => ({
  fix: text(entry.fix),
  status: text(entry.status),
  reason: text(entry.reason),
  durationMs: number(entry.durationMs),
  ...(typeof entry.output === 'string' && { output: text(entry.output) }),
  ...(typeof entry.command === 'string' && { command: text(entry.command) }),
  ...(typeof entry.code === 'string' && { code: text(entry.code) }),
  ...(typeof entry.shared === 'boolean' && { shared: entry.shared }),
});

const attempt = (entry: Entry): RunAttempt => ({
  number: number(entry.number),
  startedAt: number(entry.startedAt),
  durationMs: numberOrNull(entry.durationMs),
  ok: entry.ok === true,
  error: textOrNull(entry.error),
});

const detail = (run: Entry): RunDetail => ({
  runId: text(run.runId),
  tool: text(run.tool),
  kind: text(run.kind),
  processId: text(run.processId),
  startedAt: number(run.startedAt),
  endedAt: numberOrNull(run.endedAt),
  status: statuses.find((status) => status === run.status) ?? 'unknown',
  state: text(run.state),
  class: textOrNull(run.class),
  pattern: textOrNull(run.pattern),
  fixes: texts(run.fixes),
  attempts: number(run.attempts),
  durationMs: numberOrNull(run.durationMs),
  error: textOrNull(run.error),
  steps: entries(run.steps, step),
  diagnoses: entries(run.diagnoses, diagnosis),
  fixReports: entries(run.fixReports, fix),
  attemptsList: entries(run.attemptsList, attempt),
  policy: isRecord(run.policy) ? { mayRepeat: run.policy.mayRepeat === true, reason: text(run.policy.reason) } : null,
  refusal: isRecord(run.refusal) ? { code: text(run.refusal.code), reason: text(run.refusal.reason) } : null,
});

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    throw new Error('This file is not JSON. Select a file that was saved with “Export”.');
  }
};

/**
 * Reads an exported run. The file is untrusted: only known members with the right type are read, up to a maximum
 * number. Throws an error with a message for the user if it is not an export.
 */
export const readExport = (content: string): RunDetail => {
  const file = parse(content);
  if (!isRecord(file) || !('healflowExport' in file)) {
    throw new Error('This file is not an exported run: “healflowExport” is missing.');
  }
  if (file.healflowExport !== 1) {
    throw new Error(
      `This export has the format ${String(file.healflowExport).slice(0, 20)}; this page reads format 1.`,
    );
  }
  if (!isRecord(file.run) || text(file.run.runId) === '') throw new Error('This export contains no run.');
  return detail(file.run);
};
