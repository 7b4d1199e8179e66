import { type Approval, listApprovals } from './approval-list.ts';
import type { FleetDatabase } from './database.ts';
import { databaseError, isForbidden } from './database-error.ts';

/** A machine of the fleet. */
export interface MachineStatus {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  readonly last_seen: string;
}

/** A lease: who runs a fix, or ran it last. */
export interface LeaseStatus {
  readonly key: string;
  readonly holder: string;
  readonly since: string;
  readonly until: string | null;
  readonly ended: string | null;
  readonly overdue: boolean | null;
}

/** How far the log of a machine has been copied, as of its last batch. */
export interface LogStatus {
  readonly machine: string;
  /** Null if the machine is not known. */
  readonly host: string | null;
  readonly log: string;
  readonly events: number;
  readonly behind_bytes: number;
  readonly clock_ahead_ms: number;
  readonly copied_at: string;
  /** How long ago that was, by the clock of the database. */
  readonly copied_ms_ago: number;
}

export interface FleetStatus {
  readonly space: string;
  readonly schemaVersion: number;
  /** The time of one statement, in ms. */
  readonly takesMs: number;
  /** How far the clock of the database is ahead of this machine's, in ms. */
  readonly clockAheadMs: number;
  /** What only a reader may see; null for a role that is none. */
  readonly details: {
    readonly machines: readonly MachineStatus[];
    readonly leases: readonly LeaseStatus[];
    readonly logs: readonly LogStatus[];
    /** The questions that are open, and the decisions that can still be used. */
    readonly approvals: readonly Approval[];
    /** The number of lessons at each rung. */
    readonly lessons: Readonly<Record<string, number>>;
  } | null;
}

type Details = NonNullable<FleetStatus['details']>;

const details = `select
  (select coalesce(json_agg(m order by m.last_seen desc), '[]') from healflow.machines m) as machines,
  (select coalesce(json_agg(l order by l.since desc), '[]') from
    (select key, holder, since, until, ended, overdue from healflow.leases order by since desc limit 100) l) as leases,
  (select coalesce(json_agg(g order by g.behind_bytes desc, g.copied_at), '[]') from
    (select l.machine, m.host, l.log, l.events, l.behind_bytes, l.clock_ahead_ms, l.updated_at as copied_at,
        round(extract(epoch from clock_timestamp() - l.updated_at) * 1000)::bigint as copied_ms_ago
      from healflow.event_logs l left join healflow.machines m on m.id = l.machine
      order by l.behind_bytes desc, l.updated_at limit 100) g) as logs`;

const lessonCounts = `select coalesce(json_object_agg(rung, count), '{}') as lessons
  from (select rung, count(*)::int as count from healflow.lessons group by rung) counts`;
/** The migration that made the lessons. */
const lessonsSince = 7;

/**
 * Asks the database of a fleet how things are.
 *
 * @throws FleetDatabaseError
 */
export const fleetStatus = async (database: FleetDatabase, clock: { monotonic(): number }): Promise<FleetStatus> => {
  const version = await database.query<{ space: string; version: number }>(
    'select healflow.space() as space, healflow.schema_version() as version',
    [],
  );
  const sentAt = clock.monotonic();
  const { aheadMs } = await database.query('select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms', []);
  const takesMs = clock.monotonic() - sentAt;
  return {
    space: version.row.space,
    schemaVersion: version.row.version,
    takesMs: Math.round(takesMs),
    clockAheadMs: Math.round(aheadMs),
    details: await readDetails(database, version.row.version),
  };
};

const readDetails = async (database: FleetDatabase, version: number): Promise<FleetStatus['details']> => {
  try {
    const { row } = await database.query<Omit<Details, 'approvals' | 'lessons'>>(details, []);
    const lessons =
      version < lessonsSince ? {} : (await database.query<Pick<Details, 'lessons'>>(lessonCounts, [])).row.lessons;
    return { ...row, lessons, approvals: await listApprovals(database, false) };
  } catch (error) {
    const failure = databaseError(error);
    if (isForbidden(failure)) return null;
    throw failure;
  }
};
