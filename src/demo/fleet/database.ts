import { randomBytes } from 'node:crypto';
import { systemClock } from '../../clock.ts';
import { connectClient } from '../../fleet/connect.ts';
import { FleetDatabase } from '../../fleet/database.ts';
import { databaseError } from '../../fleet/database-error.ts';
import { migrate } from '../../fleet/migrate.ts';
import { databaseSettings } from '../../fleet/settings.ts';
import type { Closing } from '../closing.ts';

/** The database of the demo's fleet. */
export interface DemoDatabase {
  /** The URL of a machine. */
  readonly machineUrl: string;
  /** The URL of a person who may approve, and read. */
  readonly approverUrl: string;
  /** The file with the certificates that its TLS is verified against. */
  readonly caFile: string | undefined;
  /** A connection of that person. */
  readonly approver: FleetDatabase;
}

type Client = Awaited<ReturnType<typeof connectClient>>;

/** A space of its own has nothing of other fleets in the same database, and can be removed. */
const clear = async (client: Client, space: string, roles: readonly string[]): Promise<void> => {
  await client.query("select healflow.drop_events($1, 'infinity')", [space]);
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'space'
       where c.relnamespace = 'healflow'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  for (const { name } of rows) await client.query(`delete from healflow.${name} where space = $1`, [space]);
  for (const role of roles) await client.query(`drop role ${role}`);
};

/**
 * Makes the schema if there is none, and a login role for machines and one for a person who approves, with random passwords
 * and in a space of their own. At the end, all but the schema is removed.
 *
 * @param url The URL of an administrator.
 * @param caFile The file with the certificates that its TLS is verified against; without it those of Node.
 */
export const prepareDatabase = async (url: string, closing: Closing, caFile?: string): Promise<DemoDatabase> => {
  const settings = databaseSettings(url, caFile);
  const client = await connectClient(settings).catch((error: unknown) => {
    throw databaseError(error);
  });
  closing.add(() => client.end());
  await migrate(client);
  const id = randomBytes(4).toString('hex');
  const space = `demo-${id}`;
  const roles: string[] = [];
  closing.add(() => clear(client, space, roles));
  const admit = async (kind: string): Promise<string> => {
    const role = `healflow_demo_${kind}_${id}`;
    const password = randomBytes(16).toString('hex');
    await client.query(`create role ${role} login password '${password}'`);
    roles.push(role);
    await client.query('select healflow.admit($1, $2, $3)', [role, space, kind]);
    const own = new URL(url);
    own.username = role;
    own.password = password;
    return own.href;
  };
  const [machineUrl, approverUrl] = [await admit('app'), await admit('approver')];
  const approver = new FleetDatabase({
    settings: () => databaseSettings(approverUrl, caFile),
    clock: systemClock,
    machine: null,
  });
  closing.add(() => approver.close());
  return { machineUrl, approverUrl, caFile, approver };
};

/** An event as the database has it. */
export interface FleetEvent {
  readonly machine: string;
  readonly at: string;
  readonly tool: string;
  readonly error: string | null;
  readonly result: string;
  readonly outcome: string | null;
  readonly fixes: readonly { readonly fix: string; readonly status: string; readonly shared?: boolean }[] | null;
  readonly refusal: string | null;
}

const eventsSql = `select coalesce(json_agg(e order by e.ended), '[]') as events from (
  select at as ended, to_char(at at time zone 'UTC', 'HH24:MI:SS.MS') as at, machine, tool, error, result, outcome, fixes, refusal
    from healflow.events) e`;

/** Reads the events of all machines, the oldest first. */
export const readFleetEvents = async (database: FleetDatabase): Promise<readonly FleetEvent[]> =>
  (await database.query<{ events: FleetEvent[] }>(eventsSql, [])).row.events;
