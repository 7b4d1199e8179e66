import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalsOptions, fleetApprovals, fleetDecide } from '../../src/cli/fleet-approvals.ts';
import type { Io } from '../../src/cli/io.ts';
import { makeFleetDatabase, withClient } from '../fleet/fleet-server.ts';
import { Postgres, skipWithoutDatabases } from '../support/postgres.ts';
import { capture } from './log-io.ts';

describe.skipIf(skipWithoutDatabases())('healflow fleet approvals, approve and deny', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
  });
  afterAll(() => server?.close());

  const run = async (work: (io: Io) => Promise<number>) => {
    const folder = mkdtempSync(join(tmpdir(), 'healflow-cli-fleet-'));
    writeFileSync(join(folder, 'healflow.yaml'), 'fleet: { urlEnv: FLEET_URL }\nsecretEnv: [OUR_SECRET]\n');
    const { io, stdout, stderr } = capture(folder, {
      env: {
        FLEET_URL: server.url('fleet_app', 'fleet'),
        READER_URL: server.url('fleet_reader', 'fleet'),
        APPROVER_URL: server.url('fleet_approver', 'fleet'),
        OUR_SECRET: 'dummy-secret-of-an-approver',
      },
    });
    const code = await work(io);
    return { code, stdout: stdout(), stderr: stderr() };
  };
  const urlEnv = 'APPROVER_URL';
  const list = (options: ApprovalsOptions = { urlEnv }) => run((io) => fleetApprovals(options, io));
  const approve = (id: string, options: object = { urlEnv }) => run((io) => fleetDecide(id, true, options, io));
  const deny = (id: string, reason?: string) => run((io) => fleetDecide(id, false, { urlEnv, reason }, io));
  const asApp = async <T>(sql: string, values: unknown[]): Promise<T> =>
    withClient(server.url('fleet_app', 'fleet'), async (client) => (await client.query(sql, values)).rows[0]);
  const ask = async (fix: string, action = 'runs gatewayctl restart') =>
    (
      await asApp<{ id: string }>(
        "select id from healflow.ask_approval($1, 'd', 'host:vpn_connect:default', $2, 'query', 'connect ECONNREFUSED', 'm', 'process 7 on host-1')",
        [fix, action],
      )
    ).id;
  const use = (fix: string) =>
    asApp<{ state: string }>("select state from healflow.use_approval($1, 'd', 'm', 'run')", [fix]);

  it('shows what would run, who asked and when it ends, to approvers and readers', async () => {
    expect(await list()).toEqual({ code: 0, stdout: 'there are no questions\n', stderr: '' });
    const id = await ask('shown', 'runs x \u001b[2J');
    const { stdout } = await list();
    const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC';
    expect(stdout).toMatch(
      new RegExp(
        [
          `^${id}  pending  host:vpn_connect:default`,
          '  action   runs x \\\\u001b\\[2J',
          '  because  query has failed: connect ECONNREFUSED',
          `  asked    ${time} by process 7 on host-1 \\(role fleet_app\\)`,
          `  ends     ${time}\n$`,
        ].join('\n'),
      ),
    );
    const json = JSON.parse((await list({ urlEnv: 'READER_URL', json: true })).stdout);
    expect(json).toMatchObject([{ id, state: 'pending', action: 'runs x \u001b[2J', decidedBy: null }]);
    expect(Date.parse(json[0].expiresAt) - Date.parse(json[0].askedAt)).toBe(86_400_000);
  });

  it('approves for one run', async () => {
    const id = await ask('approved');
    const { code, stdout } = await approve(id);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^approved ${id}, for one run, until .* UTC: host:vpn_connect:default runs gatewayctl restart\n$`),
    );
    expect(await use('approved')).toEqual({ state: 'granted' });
    expect(await approve(id)).toEqual({ code: 1, stdout: '', stderr: `healflow: the approval ${id} has been used\n` });
    expect((await list()).stdout).not.toContain(id);
    expect((await list({ urlEnv, all: true })).stdout).toContain(`${id}  used`);
  });

  it('denies, with a reason whose secrets are masked', async () => {
    const id = await ask('denied');
    expect((await deny(id, 'not with dummy-secret-of-an-approver')).stdout).toMatch(
      new RegExp(`^denied ${id}, until `),
    );
    expect(await use('denied')).toEqual({ state: 'denied' });
    const { stdout } = await list();
    expect(stdout).toMatch(/^ {2}decided .* by fleet_approver: not with /m);
    expect(stdout).not.toContain('dummy-secret');
  });

  it('says why a question cannot be decided', async () => {
    expect(await approve('nothing')).toMatchObject({
      code: 1,
      stderr: 'healflow: there is no question nothing: `healflow fleet approvals` shows them\n',
    });
    const id = await ask('late');
    await withClient(server.url('postgres', 'fleet'), (client) =>
      client.query('update healflow.approval set expires_at = clock_timestamp() where id = $1', [id]),
    );
    expect((await approve(id)).stderr).toBe(
      `healflow: the question ${id} has expired; the next such failure asks again\n`,
    );
  });

  it('names the way out for a role without the right', async () => {
    const id = await ask('rights');
    for (const { code, stdout, stderr } of [
      await list({}),
      await approve(id, {}),
      await approve(id, { urlEnv: 'READER_URL' }),
    ]) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^healflow: permission denied for .* of the fleet with --url-env\n$/);
    }
    expect(await use('rights')).toEqual({ state: 'pending' });
  });
});
