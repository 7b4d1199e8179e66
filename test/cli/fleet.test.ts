import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetMigrate, fleetStatusCommand, type StatusOptions } from '../../src/cli/fleet.ts';
import { shippedMigrations } from '../../src/fleet/migrate.ts';
import { makeFleetDatabase, withClient } from '../fleet/fleet-server.ts';
import { Postgres, skipWithoutDatabases } from '../support/postgres.ts';
import { capture } from './log-io.ts';

const newest = shippedMigrations().length;

const run = async (
  work: (io: ReturnType<typeof capture>['io']) => Promise<number>,
  env: Record<string, string> = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-cli-fleet-'));
  writeFileSync(join(folder, 'healflow.yaml'), 'fleet: { urlEnv: FLEET_URL }\n');
  const { io, stdout, stderr } = capture(folder, { env });
  const code = await work(io);
  return { code, stdout: stdout(), stderr: stderr() };
};
const migrate = (env: Record<string, string>) => run((io) => fleetMigrate({ urlEnv: 'ADMIN_URL' }, io), env);
const status = (options: StatusOptions, env: Record<string, string>) =>
  run((io) => fleetStatusCommand(options, io), env);

describe('healflow fleet', () => {
  it('names the variable that is not set, and never shows the URL', async () => {
    expect(await migrate({})).toEqual({
      code: 1,
      stdout: '',
      stderr: "healflow: the environment variable ADMIN_URL with the URL of the fleet's database is not set\n",
    });
    const { code, stderr } = await migrate({ ADMIN_URL: 'postgres://a:dummy-password@127.0.0.1:1/x' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^healflow: .*ECONNREFUSED.*\n$/);
    expect(stderr).not.toContain('dummy-password');
  });

  it('says that there is no fleet', async () => {
    const { io } = capture(mkdtempSync(join(tmpdir(), 'healflow-cli-fleet-')));
    await expect(fleetStatusCommand({}, io)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('status fails if the database cannot be reached', async () => {
    expect(await status({}, { FLEET_URL: 'postgres://a@127.0.0.1:1/x' })).toMatchObject({ code: 1, stdout: '' });
  });
});

describe.skipIf(skipWithoutDatabases())('healflow fleet, with a database', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await makeFleetDatabase(server);
  });
  afterAll(() => server?.close());

  it('migrate makes the schema, and has nothing to do the second time', async () => {
    await withClient(server.url(), (client) => client.query('create database fresh'));
    const env = { ADMIN_URL: server.url('postgres', 'fresh') };
    const names = shippedMigrations().map(({ version, name }) => `applied ${version} ${name}\n`);
    const version = `the schema of healflow has version ${newest}\n`;
    expect(await migrate(env)).toEqual({ code: 0, stdout: `${names.join('')}${version}`, stderr: '' });
    expect(await migrate(env)).toEqual({ code: 0, stdout: version, stderr: '' });
  });

  it('status shows what the role of a process may see', async () => {
    const { code, stdout } = await status({}, { FLEET_URL: server.url('fleet_app', 'fleet') });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^space team, schema version ${newest}; a statement takes \\d+ ms, its clock is \\d+ ms (ahead|behind)\nthis role may not read`,
      ),
    );
  });

  it('status shows machines and leases to a reader, also as JSON', async () => {
    await withClient(server.url('fleet_app', 'fleet'), async (client) => {
      await client.query("select healflow.hello('machine-1', 'host-1', '1.2.3')");
      await client.query(
        "select healflow.begin_lease('lock', 'id', 'host:vpn_connect:default', 'machine-1', 'process 7 on host-1', 1000)",
      );
      await client.query("select healflow.append_events('machine-1', 'log-1', 0, '[]', 4096, '[]', 0, 90)");
      await client.query(
        "select healflow.ask_approval('fix', 'digest', 'host:vpn_connect:default', 'runs x', 'tool', 'it failed', 'machine-1', 'process 7 on host-1')",
      );
    });
    await withClient(server.url('postgres', 'fleet'), (client) =>
      client.query("alter role fleet_reader set timezone = 'Asia/Kolkata'"),
    );
    const env = { READER_URL: server.url('fleet_reader', 'fleet') };
    const { code, stdout } = await status({ urlEnv: 'READER_URL' }, env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^host-1 +1\.2\.3 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +machine-1 *$/m);
    expect(stdout).toMatch(/^host:vpn_connect:default +process 7 on host-1 +.* running/m);
    expect(stdout).toMatch(/^host-1 +0 +4096 bytes +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +log-1 *$/m);
    expect(stdout).toMatch(
      /^[0-9a-f]{12} +pending +host:vpn_connect:default +process 7 on host-1 \(role fleet_app\) +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d *$/m,
    );
    const [, seen = ''] = /^host-1 +1\.2\.3 +(\S+ \S+)/m.exec(stdout) ?? [];
    expect(Math.abs(Date.parse(`${seen}Z`) - Date.now())).toBeLessThan(60_000);
    const json = JSON.parse((await status({ urlEnv: 'READER_URL', json: true }, env)).stdout);
    expect(json).toMatchObject({
      space: 'team',
      schemaVersion: newest,
      details: {
        machines: [{ id: 'machine-1', host: 'host-1', version: '1.2.3' }],
        leases: [{ key: 'host:vpn_connect:default', holder: 'process 7 on host-1', ended: null }],
        logs: [{ machine: 'machine-1', host: 'host-1', log: 'log-1', events: 0, behind_bytes: 4096 }],
        approvals: [{ state: 'pending', action: 'runs x', askedBy: 'process 7 on host-1 (role fleet_app)' }],
      },
    });
  });
});
