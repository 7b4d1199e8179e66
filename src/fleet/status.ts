import type { FleetDatabase } from './database.ts';
import { databaseError } from './database-error.ts';

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

export interface FleetStatus {
  readonly space: string;
  readonly schemaVersion: number;
  /** The time of one statement, in ms. */
  readonly takesMs: number;
  /** How far the clock of the database is ahead of this machine's, in ms. */
  readonly clockAheadMs: number;
  /** What only a reader may see; null for a role that is none. */
  readonly details: { readonly machines: readonly MachineStatus[]; readonly leases: readonly LeaseStatus[] } | null;
}

const details = `select
  (select coalesce(json_agg(m order by m.last_seen desc), '[]') from healflow.machines m) as machines,
  (select coalesce(json_agg(l order by l.since desc), '[]') from
    (select key, holder, since, until, ended, overdue from healflow.leases order by since desc limit 100) l) as leases`;

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
    details: await readDetails(database),
  };
};

const readDetails = async (database: FleetDatabase): Promise<FleetStatus['details']> => {
  try {
    return (await database.query<NonNullable<FleetStatus['details']>>(details, [])).row;
  } catch (error) {
    const failure = databaseError(error);
    if ((failure.cause as { code?: unknown } | undefined)?.code === '42501') return null;
    throw failure;
  }
};
