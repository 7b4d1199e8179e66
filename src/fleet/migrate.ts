import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../package-root.ts';

/** One numbered migration. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** What a migration needs of a connection: a `Client` of `pg` has it. */
export interface MigrationClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** The migrations that ship with the package, in order. */
export const shippedMigrations = (): Migration[] => {
  const folder = packageFile('src/fleet/migrations');
  return readdirSync(folder)
    .flatMap((file) => {
      const [, version, name] = /^(\d{3,})_(\w+)\.sql$/.exec(file) ?? [];
      if (version === undefined || name === undefined) return [];
      return [{ version: Number(version), name, sql: readFileSync(join(folder, file), 'utf8') }];
    })
    .sort((a, b) => a.version - b.version);
};

/** Any number that no other program is likely to use. */
const lockNumber = 4_846_272_016;

const appliedVersion = async (client: MigrationClient): Promise<number> => {
  const { rows: found } = await client.query("select to_regclass('healflow.migration') is not null as there");
  if (found[0]?.there !== true) return 0;
  const { rows } = await client.query('select max(version) as version from healflow.migration');
  return Number(rows[0]?.version ?? 0);
};

/**
 * Applies the migrations that the database does not have yet, each in one transaction, under a lock: of two that run at
 * once, the second has nothing to do.
 *
 * @returns what was applied, and the version of the schema before and after it.
 * @throws the error of the database; the transaction of the migration that failed is rolled back.
 */
export const migrate = async (
  client: MigrationClient,
  migrations: readonly Migration[] = shippedMigrations(),
): Promise<{ readonly applied: readonly Migration[]; readonly from: number; readonly to: number }> => {
  const applied: Migration[] = [];
  let from: number | undefined;
  for (;;) {
    await client.query('begin');
    try {
      // Of the transaction, since a pooler in transaction mode may stand between.
      await client.query('select pg_advisory_xact_lock($1)', [lockNumber]);
      const version = await appliedVersion(client);
      from ??= version;
      const next = migrations.find((one) => one.version > version);
      if (next === undefined) {
        await client.query('commit');
        return { applied, from, to: version };
      }
      if (version > 0) await client.query('set local role healflow_owner');
      await client.query(next.sql);
      await client.query('insert into healflow.migration (version, name) values ($1, $2)', [next.version, next.name]);
      await client.query('commit');
      applied.push(next);
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  }
};
