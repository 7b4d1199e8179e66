import { systemClock } from '../clock.ts';
import { connectClient } from '../fleet/connect.ts';
import { migrate } from '../fleet/migrate.ts';
import { settingsFrom } from '../fleet/settings.ts';
import { type FleetStatus, fleetStatus } from '../fleet/status.ts';
import { rungs } from '../learning/model.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { type ConnectionOptions, failed, withFleetDatabase } from './fleet-connection.ts';
import { type Io, outputTo, processIo } from './io.ts';
import { table } from './table.ts';

interface MigrateOptions {
  readonly urlEnv: string;
  readonly caFile?: string | undefined;
}

/** Creates or updates the schema in the database of a fleet; resolves with the exit code. */
export const fleetMigrate = async (options: MigrateOptions, io: Io = processIo()): Promise<number> => {
  try {
    const client = await connectClient(settingsFrom(options, io.env));
    try {
      const { applied, to } = await migrate(client);
      const names = applied.map(({ version, name }) => `applied ${version} ${name}\n`);
      await outputTo(io.stdout).write(`${names.join('')}the schema of healflow has version ${to}\n`);
      return 0;
    } finally {
      await client.end().catch(() => {});
    }
  } catch (error) {
    return failed(io, error);
  }
};

export interface StatusOptions extends ConnectionOptions {
  readonly json?: boolean | undefined;
}

/** The database writes times in the time zone of its session. */
const at = (time: string): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

const endOf = ({ ended, overdue }: { readonly ended: string | null; readonly overdue: boolean | null }): string => {
  if (ended !== null) return at(ended);
  return overdue === true ? 'running, overdue' : 'running';
};

const section = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `\n${table(heads, rows, new Set())}`;

const lessonsText = (counts: Readonly<Record<string, number>>): string => {
  const shown = rungs.filter((rung) => (counts[rung] ?? 0) > 0).map((rung) => `${counts[rung]} at ${rung}`);
  return shown.length === 0 ? '' : `\nlessons: ${shown.join(', ')}\n`;
};

const text = ({ space, schemaVersion, takesMs, clockAheadMs, details }: FleetStatus): string => {
  const clock = `its clock is ${Math.abs(clockAheadMs)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead'}`;
  const first = `space ${space}, schema version ${schemaVersion}; a statement takes ${takesMs} ms, ${clock}\n`;
  if (details === null) return `${first}this role may not read machines and leases: a reader may (--url-env)\n`;
  const machines = details.machines.map(({ host, version, last_seen, id }) =>
    [host, version, at(last_seen), id].map(printable),
  );
  const logs = details.logs.map(({ host, machine, log, events, behind_bytes: behind, copied_at: copied }) =>
    [host ?? machine, String(events), `${behind} bytes`, at(copied), log].map(printable),
  );
  const approvals = details.approvals.map(({ id, state, key, askedBy, expiresAt }) =>
    [id, state, key, askedBy, at(expiresAt)].map(printable),
  );
  const leases = details.leases.map((lease) => [lease.key, lease.holder, at(lease.since), endOf(lease)].map(printable));
  return [
    first,
    section(['MACHINE', 'VERSION', 'LAST SEEN (UTC)', 'ID'], machines),
    section(['LOG OF', 'EVENTS', 'BEHIND', 'LAST COPIED (UTC)', 'LOG'], logs),
    section(['FIX', 'HOLDER', 'SINCE (UTC)', 'ENDED (UTC)'], leases),
    lessonsText(details.lessons),
    section(['APPROVAL', 'STATE', 'FIX', 'ASKED BY', 'ENDS (UTC)'], approvals),
  ].join('');
};

/** Shows whether the database of the fleet responds, and what it knows; resolves with the exit code. */
export const fleetStatusCommand = (options: StatusOptions, io: Io = processIo()): Promise<number> =>
  withFleetDatabase(options, io, async (database) => {
    const status = await fleetStatus(database, systemClock);
    await outputTo(io.stdout).write(
      options.json === true ? `${printableJson(JSON.stringify(status))}\n` : text(status),
    );
    return 0;
  });
