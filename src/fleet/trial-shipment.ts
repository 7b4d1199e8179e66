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
  try {
    const id: unknown = body === null ? undefined : JSON.parse(body)?.pattern?.id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
};

/** The database adds no more at once. */
const maxRows = 500;

/**
 * The trials of a fleet's lessons, and what became of the failures that they are for with nothing run. The database accepts a record
 * twice, and adds it once.
 */
export const trialShipment = (parts: TrialShipmentParts): Shipment<LearningRecord> => {
  /** The names of lessons by signature, for one batch. */
  let bySignature: ReadonlyMap<string | undefined, readonly FleetLesson[]> | undefined;
  const lessonsFor = (sig: string): readonly FleetLesson[] => {
    if (bySignature === undefined) {
      const found = new Map<string | undefined, FleetLesson[]>();
      for (const lesson of parts.lessons()) {
        const of = signatureOf(lesson);
        found.set(of, [...(found.get(of) ?? []), lesson]);
      }
      bySignature = found;
    }
    return bySignature.get(sig) ?? [];
  };
  return {
    what: 'trials',
    records: { series: repairSeries(parts.memoryDir), accept: toLearningRecord },
    rowsOf: (record) => {
      const { machine, log } = parts;
      const timestamp = parseTimestamp(record.timestamp);
      const at = Number.isFinite(timestamp) ? timestamp : null;
      if (record.kind === 'trial') {
        const { digest: tried, mode, after, needless = null, window_ms, lesson } = record;
        // A lesson of this machine alone has no digest of the fleet.
        if (tried === undefined || !isFleetDigest(tried)) return [];
        const id = digest({ machine, log, record });
        return [{ id, lesson, at, digest: tried, mode, succeeded: succeeded(after), needless, window_ms }];
      }
      if (record.kind !== 'recovered' && record.kind !== 'still_failing') return [];
      if (record.between.length > 0) return [];
      const natural = { mode: 'natural', digest: null, succeeded: record.kind === 'recovered' };
      return lessonsFor(record.sig).map(({ name: lesson }) => {
        const id = digest({ machine, log, record, lesson });
        return { id, lesson, at, ...natural, needless: null, window_ms: record.window_ms };
      });
    },
    append: async ({ revision, rows }) => {
      bySignature = undefined;
      const { database, machine } = parts;
      for (let from = 0; from < rows.length; from += maxRows) {
        const some = JSON.stringify(rows.slice(from, from + maxRows));
        await database.query('select * from healflow.append_trials($1, $2)', [machine, some]);
      }
      return { appended: true, revision: revision + 1, place: null };
    },
  };
};
