// A fleet: `npm run build && npm run bench:fleet`. Needs PostgreSQL and PgBouncer; see test/support/postgres.ts.
import { join } from 'node:path';
import { report } from '../harness/report.mjs';
import { startDatabases } from './databases.mjs';
import { measureShipping } from './ship.mjs';

const databases = await startDatabases();
if (databases !== undefined) {
  try {
    const parts = [await measureShipping(databases)];
    report(join(import.meta.dirname, 'results.json'), {
      what: 'A fleet on one machine: every process, PostgreSQL and PgBouncer share its processors.',
      tables: parts.flatMap(({ tables }) => tables),
      marks: parts.flatMap(({ marks }) => marks),
    });
  } finally {
    await databases.close();
  }
}
