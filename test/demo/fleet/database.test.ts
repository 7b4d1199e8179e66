import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Closing } from '../../../src/demo/closing.ts';
import { decide, readQuestion } from '../../../src/demo/fleet/approval.ts';
import { prepareDatabase, readFleetEvents } from '../../../src/demo/fleet/database.ts';
import { createScreen } from '../../../src/demo/show/screen.ts';
import { withClient } from '../../fleet/fleet-server.ts';
import { noPostgres, Postgres } from '../../support/postgres.ts';

const main = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

vi.setConfig({ testTimeout: 120_000 });

const missing = noPostgres();
if (missing !== undefined) process.stderr.write(`\nSKIPPED, tests of the demo's database: ${missing}\n\n`);

/** A server with one question to an approver of the demo. */
const withQuestion = async () => {
  const server = await Postgres.start();
  const closing = new Closing();
  onTestFinished(async () => {
    await closing.close();
    await server.close();
  });
  const database = await prepareDatabase(server.url(), closing);
  await withClient(database.machineUrl, async (client) => {
    await client.query("select healflow.hello('machine', 'host', '1')");
    await client.query(
      "select healflow.ask_approval('fix', 'digest', 'key', 'action', 'tool', 'reason', 'machine', 'me')",
    );
    const event = JSON.stringify([
      { at: Date.now(), id: 'run', tool: 'list_orders', result: 'success', retry_count: 1 },
    ]);
    await client.query("select healflow.append_events('machine', 'log', 0, '[]', 0, $1, $2, 90)", [event, Date.now()]);
  });
  const question = await readQuestion(database);
  if (question === undefined) throw new Error('there is no question');
  return { server, closing, database, question };
};

describe.skipIf(missing !== undefined)("the demo's part of a database", () => {
  it('is removed at the end, with its roles, and nothing else is', async () => {
    const { server, closing, database } = await withQuestion();
    expect((await readFleetEvents(database.approver)).map(({ tool }) => tool)).toEqual(['list_orders']);
    await withClient(server.url(), async (client) => {
      await client.query('create role other login');
      await client.query("select healflow.admit('other', 'other-team')");
    });
    await closing.close();
    const left = await withClient(server.url(), async (client) => {
      const { rows: roles } = await client.query("select rolname from pg_roles where rolname like 'healflow_demo%'");
      const { rows: spaces } = await client.query(
        `select space from healflow.tenant union all select space from healflow.machine
           union all select space from healflow.event union all select space from healflow.event_log
           union all select space from healflow.approval union all select space from healflow.retention`,
      );
      return { roles, spaces };
    });
    expect(left).toEqual({ roles: [], spaces: [{ space: 'other-team' }] });
  });

  it('waits for a person who approves with the command that it shows', async () => {
    const { closing, database, question } = await withQuestion();
    const output = new PassThrough();
    let shown = '';
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    const screen = createScreen(output, {});
    const { signal } = new AbortController();
    const deciding = decide(question, database, { screen, folder: process.cwd(), closing, signal }, true);
    const line = /HEALFLOW_APPROVER_URL=(\S+) npx healflow (.*)\n/;
    await vi.waitUntil(() => line.test(shown));
    const [, url = '', args = ''] = line.exec(shown) ?? [];
    const env = { ...process.env, HEALFLOW_APPROVER_URL: url };
    await promisify(execFile)(process.execPath, [main, ...args.split(' ')], { env });
    expect(await deciding).toEqual([]);
    expect(shown).toMatch(/approved +by healflow_demo_approver_\w+\n$/);
  });
});
