import type { HealingEvent } from './event.ts';
import { closingField, type RawRecord } from './native-record.ts';

/** Calls of one tool in which nothing failed, counted since the record before. */
export interface CallRecord {
  readonly timestamp: string;
  readonly tool: string;
  readonly calls: number;
}

const results: ReadonlySet<unknown> = new Set(['success', 'failure', 'unknown']);

/** People leave out quotes: a number or a boolean is then what is there. */
const textOf = (value: unknown): string | null | undefined => {
  if (typeof value === 'string' || value === null) return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/**
 * Makes an event of a record as read; null if one of the six documented fields is missing or makes no sense,
 * or where the end of a record of healflow's own is missing.
 */
export const toEvent = (raw: RawRecord): HealingEvent | null => {
  if (raw.run_id !== undefined && typeof raw[closingField] !== 'string') return null;
  const { timestamp, tool, error, fix_applied, result, retry_count } = raw;
  const plain =
    typeof timestamp === 'string' &&
    typeof tool === 'string' &&
    (typeof error === 'string' || error === null) &&
    (typeof fix_applied === 'string' || fix_applied === null);
  if (!results.has(result) || countOf(retry_count) === undefined) return null;
  if (plain) return raw as unknown as HealingEvent;
  const texts = {
    timestamp: textOf(timestamp),
    tool: textOf(tool),
    error: textOf(error),
    fix_applied: textOf(fix_applied),
  };
  if (typeof texts.timestamp !== 'string' || typeof texts.tool !== 'string') return null;
  if (texts.error === undefined || texts.fix_applied === undefined) return null;
  return { ...raw, ...texts } as unknown as HealingEvent;
};

/** Makes a count of a record as read; null if it is not whole. */
export const toCallRecord = ({ timestamp, tool, calls }: RawRecord): CallRecord | null => {
  const count = countOf(calls);
  if (typeof timestamp !== 'string' || typeof tool !== 'string' || count === undefined) return null;
  return { timestamp, tool, calls: count };
};
