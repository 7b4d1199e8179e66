import { HealError } from '../errors.ts';
import { anyGlobTest } from '../policy/glob.ts';

export interface LogFilterOptions {
  /** The tools to show, as globs; all if none is given. */
  readonly tool?: readonly string[] | undefined;
  /** A date or a duration before now. */
  readonly since?: string | undefined;
}

/** Whether a record is to be shown, by its tool and time. */
export type LogFilter = (record: { readonly tool: string; readonly timestamp: string }) => boolean;

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const wrong = (since: string): HealError =>
  new HealError(
    'CONFIG_INVALID',
    `--since ${JSON.stringify(since)} is not a valid time; use a duration (90s, 30m, 2h, 7d) or a date (2026-02-04, 2026-02-04T10:30:00Z)`,
  );

/** Parses a date or a duration before `now` to ms since the epoch. A day without a time starts at 00:00 UTC. */
export const timeOf = (since: string, now: number): number => {
  const [, amount, unit = ''] = /^(\d{1,9})\s*([smhdw])$/.exec(since.trim()) ?? [];
  if (amount !== undefined) return now - Number(amount) * (unitMs[unit] ?? 0);
  const isDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(since.trim());
  const time = isDate ? Date.parse(since.trim()) : Number.NaN;
  if (Number.isNaN(time)) throw wrong(since);
  return time;
};

/**
 * Creates the filter of the records to show.
 *
 * @throws HealError `CONFIG_INVALID` if `since` is not a valid time.
 */
export const logFilter = ({ tool, since }: LogFilterOptions, now: number): LogFilter => {
  const isWanted = tool === undefined || tool.length === 0 ? () => true : anyGlobTest(tool);
  const from = since === undefined ? Number.NEGATIVE_INFINITY : timeOf(since, now);
  return ({ tool: name, timestamp }) => isWanted(name) && (since === undefined || Date.parse(timestamp) >= from);
};
