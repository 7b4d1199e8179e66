// One run of a fix for all machines, with PostgreSQL's advisory locks of a session: whoever gets the lock runs the fix, unless a
// table says that it has been run since the call failed; the others look again.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const lockSql = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked';
const unlockSql = 'select pg_advisory_unlock(hashtextextended($1, 0))';
const fixedSql = "select 1 from fix_run where name = $1 and ended_at > now() - $2 * interval '1 millisecond'";
const doneSql =
  'insert into fix_run (name, ended_at) values ($1, now()) on conflict (name) do update set ended_at = excluded.ended_at';

/**
 * @param run Runs the fix.
 * @returns a function that has the fix run for a call that failed, or waits for the run that another machine has begun.
 */
export const createFix = async ({ url, name, run }) => {
  const pool = new pg.Pool({ connectionString: url, max: 2, idleTimeoutMillis: 2_000, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => {});

  const isFixed = async (client, key, failedAt) =>
    (await client.query(fixedSql, [key, Date.now() - failedAt])).rowCount > 0;

  /** Whether the fix has been run: by this process, or by another one since the call failed. */
  const attempt = async (key, failedAt) => {
    const client = await pool.connect();
    let failure;
    client.on('error', () => {});
    try {
      const { rows } = await client.query(lockSql, [key]);
      if (!rows[0].locked) return await isFixed(client, key, failedAt);
      try {
        if (!(await isFixed(client, key, failedAt))) {
          await run();
          await client.query(doneSql, [key]);
        }
        return true;
      } finally {
        await client.query(unlockSql, [key]);
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(failure);
    }
  };

  return async (failedAt, deadlineMs, round) => {
    const until = Date.now() + deadlineMs;
    // A lock that is left behind in the pooler is of this round alone.
    const key = `${name}:${round}`;
    for (;;) {
      const isDone = await attempt(key, failedAt).catch((error) => {
        if (Date.now() > until) throw error;
        return false;
      });
      if (isDone) return;
      if (Date.now() > until) throw new Error('the fix was not run in time');
      await sleep(100);
    }
  };
};
