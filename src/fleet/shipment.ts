import type { HealingEvent } from '../event-log/event.ts';
import { eventRecords, type LogRecords, type ReadPosition } from '../event-log/read-on.ts';
import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { Queryable } from './database.ts';
import { type EventRow, toEventRow } from './event-row.ts';

/** What the database knows of a log after a batch. */
export interface AppendedRow {
  /** False if another process has sent the batch: `revision` and `place` are then the newest ones. */
  readonly appended: boolean;
  readonly revision: string | number;
  readonly place: unknown;
}

export interface ShippedBatch {
  /** The number of the batch before it. */
  readonly revision: number;
  readonly rows: readonly EventRow[];
  readonly positions: readonly ReadPosition[];
  /** How many bytes are left behind it. */
  readonly unreadBytes: number;
}

/** What a shipper copies to the database of a fleet. */
export interface Shipment<T> {
  /** For people, in the plural. */
  readonly what: string;
  readonly records: LogRecords<T>;
  /** Makes the rows of a record, with its time in ms since the epoch as `at`; none if it is not for the fleet. */
  rowsOf(record: T): readonly EventRow[];
  append(batch: ShippedBatch): Promise<AppendedRow>;
}

export interface EventShipmentParts {
  readonly memoryDir: string;
  /** The name of the log in the fleet. */
  readonly log: string;
  readonly machine: string;
  readonly database: Queryable;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly retentionDays: number;
}

/** The healing events of a log. A batch and the place in the log that it ends at are written in one transaction. */
export const eventShipment = (parts: EventShipmentParts): Shipment<HealingEvent> => ({
  what: 'events',
  records: eventRecords(parts.memoryDir),
  rowsOf: (event) => {
    const row = toEventRow(event, parts.redact);
    return row === null ? [] : [row];
  },
  append: async ({ revision, rows, positions, unreadBytes }) => {
    const { database, clock, machine, log, retentionDays } = parts;
    const sql = 'select * from healflow.append_events($1, $2, $3, $4, $5, $6, $7, $8)';
    const texts = [JSON.stringify(positions), unreadBytes, JSON.stringify(rows)];
    return (await database.query<AppendedRow>(sql, [machine, log, revision, ...texts, clock.now(), retentionDays])).row;
  },
});
