import { repairSeries } from '../event-log/log-files.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { toLearningRecord } from '../learning/learning-record.ts';
import { isFleetDigest } from '../learning/lesson.ts';
import type { CheckResult, LearningRecord } from '../learning/model.ts';
import { digest } from '../sharing/identity.ts';
import type { Queryable } from './database.ts';
import type { FleetLesson } from './fleet-lesson.ts';
import type { Shipment } from './shipment.ts';

export interface TrialShipmentParts {
  readonly memoryDir: string;
  /** The name of the log in the fleet. */
  readonly log: string;
  readonly machine: string;
  readonly database: Queryable;
  /** The lessons of the fleet, as this machine knows them. */
  readonly lessons: () => readonly FleetLesson[];
}

const succeeded = (after: CheckResult): boolean | null => (after === 'unknown' ? null : after === 'succeeded');

/** The signature that a lesson was made of; undefined if its body does not tell. */
const signatureOf = ({ body }: FleetLesson): string | undefined => {
  const id: unknown = body === null ? undefined : JSON.parse(body)?.pattern?.id;
  return typeof id === 'string' ? id : undefined;
};

/**
 * The trials of a fleet's lessons, and what became of the failures that they are for with nothing run. The database accepts a record
 * twice, and adds it once.
 */
export const trialShipment = (parts: TrialShipmentParts): Shipment<LearningRecord> => {
  /** The names of lessons by signature, for one batch. */
  let bySignature: ReadonlyMap<string, string> | undefined;
  const lessonFor = (sig: string): string | undefined => {
    bySignature ??= new Map(
      parts.lessons().flatMap((lesson) => {
        const of = signatureOf(lesson);
        return of === undefined ? [] : [[of, lesson.name]];
      }),
    );
    return bySignature.get(sig);
  };
  return {
    what: 'trials',
    records: { series: repairSeries(parts.memoryDir), accept: toLearningRecord },
    rowOf: (record) => {
      const { machine, log } = parts;
      const common = (lesson: string) => {
        const at = parseTimestamp(record.timestamp);
        return { id: digest({ machine, log, record }), lesson, at: Number.isFinite(at) ? at : null };
      };
      if (record.kind === 'trial') {
        const { digest: tried, mode, after, needless = null, window_ms, lesson } = record;
        // A lesson of this machine alone has no digest of the fleet.
        if (tried === undefined || !isFleetDigest(tried)) return null;
        return { ...common(lesson), digest: tried, mode, succeeded: succeeded(after), needless, window_ms };
      }
      if (record.kind !== 'recovered' && record.kind !== 'still_failing') return null;
      if (record.between.length > 0) return null;
      const lesson = lessonFor(record.sig);
      if (lesson === undefined) return null;
      const natural = { mode: 'natural', digest: null, succeeded: record.kind === 'recovered' };
      return { ...common(lesson), ...natural, needless: null, window_ms: record.window_ms };
    },
    append: async ({ revision, rows }) => {
      bySignature = undefined;
      if (rows.length > 0) {
        const { database, machine } = parts;
        await database.query('select * from healflow.append_trials($1, $2)', [machine, JSON.stringify(rows)]);
      }
      return { appended: true, revision: revision + 1, place: null };
    },
  };
};
