import type { HealingEvent } from '../event-log/event.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import type { Redact } from '../model/diagnosis.ts';
import { digest } from '../sharing/identity.ts';

/** The longest texts, in characters, as the schema has them; those of healflow's own records are shorter. */
const maxText = 600;
const maxLongText = 2_000;
const maxFixes = 32;
const maxInteger = 2 ** 31 - 1;

/** What PostgreSQL has no character for: NUL, and half of a surrogate pair. */
const unstorable = /[\0\p{Surrogate}]/gu;

/** A time without a zone is in UTC, wherever it is read. */
const zoneless = /T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

const timeOf = (timestamp: string): number | null => {
  const text = timestamp.replace(' ', 'T');
  const at = zoneless.test(text) ? parseTimestamp(`${text}Z`) : parseTimestamp(timestamp);
  return Number.isFinite(at) ? at : null;
};

/** An event as `healflow.append_events` takes it. */
export type EventRow = Readonly<Record<string, unknown>>;

/**
 * Makes the row of an event. A person may have written the record: what has another type than it should is left out, what is
 * too long is cut, and secrets are masked as this process knows them.
 */
export const toEventRow = (event: HealingEvent, redact: Redact): EventRow => {
  const text = (value: unknown, length = maxText): string | null =>
    typeof value === 'string' ? redact(value).slice(0, length).replaceAll(unstorable, '\ufffd') : null;
  const integer = (value: unknown): number | null =>
    typeof value === 'number' && Number.isFinite(value)
      ? Math.round(Math.min(maxInteger, Math.max(-maxInteger, value)))
      : null;
  const fixes: unknown = event.fixes;
  const row = {
    at: timeOf(event.timestamp),
    tool: text(event.tool),
    error: text(event.error, maxLongText),
    fix_applied: text(event.fix_applied),
    result: event.result,
    retry_count: integer(event.retry_count) ?? 0,
    class: text(event.class),
    pattern: text(event.pattern),
    outcome: text(event.outcome),
    attempts: integer(event.attempts),
    duration_ms: integer(event.duration_ms),
    fixes: Array.isArray(fixes)
      ? fixes.slice(0, maxFixes).map((fix) => ({
          fix: text(fix?.fix, 128),
          status: text(fix?.status, 64),
          ms: integer(fix?.ms),
          ...(fix?.shared === true ? { shared: true } : {}),
          ...(fix?.chosen_by === 'probe' ? { chosen_by: 'probe' } : {}),
          ...(typeof fix?.reason === 'string' ? { reason: text(fix.reason, 240) } : {}),
        }))
      : null,
    refusal: text(event.refusal),
    refusal_reason: text(event.refusal_reason, maxLongText),
    pid: integer(event.pid),
    kind: text(event.kind),
  };
  const runId: unknown = event.run_id;
  return { id: typeof runId === 'string' && /^[\w.-]{1,64}$/.test(runId) ? runId : digest(row), ...row };
};
