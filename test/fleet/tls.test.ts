import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { unprivileged } from '../../src/demo/fleet/postgres.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import { noPostgres, Postgres } from '../support/postgres.ts';
import { makeFleetDatabase, withClient } from './fleet-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const missing = noPostgres() ?? (hasOpenssl ? undefined : 'openssl is not installed: apt-get install openssl');
if (missing !== undefined) process.stderr.write(`\nSKIPPED, tests of TLS to a database: ${missing}\n\n`);

const password = 'dummy-password';
/** It leads to this machine, but is not one of the names for which TLS is optional. */
const remoteHost = 'LOCALHOST';
/** What a client of PostgreSQL sends first to ask for TLS. PostgreSQL documentation, section 55.7 */
const sslRequest = '0000000804d2162f';

/** Makes an authority and a certificate for `localhost` that it has signed. */
const makeCertificates = (folder: string, name: string): void => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  openssl('req', '-x509', ...key, '-keyout', `${name}-ca.key`, '-out', `${name}-ca.pem`, '-subj', `/CN=test ${name}`);
  openssl('req', '-new', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=database');
  const signer = ['-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-days', '2', '-extfile', 'names', '-out', `${name}.pem`);
};

describe.skipIf(missing !== undefined)('TLS to the database of a fleet', () => {
  let server: Postgres;
  const folder = mkdtempSync(join(tmpdir(), 'healflow-tls-'));
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    for (const name of ['ours', 'other']) makeCertificates(folder, name);
    server = await Postgres.start((own) => {
      const { uid, gid } = unprivileged();
      for (const name of ['ours.key', 'ours.pem']) {
        const copy = join(own, name);
        copyFileSync(file(name), copy);
        if (uid !== undefined && gid !== undefined) chownSync(copy, uid, gid);
      }
      return { ssl_cert_file: join(own, 'ours.pem'), ssl_key_file: join(own, 'ours.key') };
    });
    await makeFleetDatabase(server);
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const switchTls = (value: 'on' | 'off') =>
    withClient(server.url(), async (client) => {
      await client.query(`alter system set ssl = ${value}`);
      await client.query('select pg_reload_conf()');
      const shown = async () => (await client.query('show ssl')).rows[0].ssl as string;
      await vi.waitFor(async () => expect(await shown()).toBe(value), { timeout: 60_000, interval: 20 });
    });

  /** A port that leads to the server, and what clients have sent through it. */
  const recorded = async () => {
    const chunks: Buffer[] = [];
    const relay = createServer((near) => {
      const far = connect(server.port, '127.0.0.1');
      near.on('data', (chunk) => chunks.push(chunk));
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        socket.on('error', () => {
          near.destroy();
          far.destroy();
        });
      }
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => relay.once('listening', resolve));
    onTestFinished(() => {
      relay.close();
    });
    return { port: (relay.address() as AddressInfo).port, sent: () => Buffer.concat(chunks) };
  };

  const urlOf = (host: string, port: number, mode = ''): string =>
    `postgres://fleet_app:${password}@${host}:${port}/fleet${mode}`;

  const open = (url: string, caFile: string | undefined, more: { background?: AbortSignal } = {}) => {
    const machine = { id: 'machine', host: 'host', version: '0' };
    const settings = () => databaseSettings(url, caFile);
    const database = new FleetDatabase({ settings, clock: systemClock, machine, ...more });
    onTestFinished(() => database.close());
    return database;
  };
  const isEncrypted = async (database: FleetDatabase) =>
    (await database.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()', [])).row.ssl;

  const expectNothingInClear = (sent: Buffer): void => {
    expect(sent.subarray(0, 8).toString('hex')).toBe(sslRequest);
    for (const word of ['fleet_app', password, 'healflow']) expect(sent.includes(word)).toBe(false);
  };

  it('is verified in full against the authority of `fleet.caFile`, for calls and for the copying of the log', async () => {
    await switchTls('on');
    const { port, sent } = await recorded();
    for (const more of [{}, { background: new AbortController().signal }]) {
      expect(await isEncrypted(open(urlOf(remoteHost, port), file('ours-ca.pem'), more))).toBe(true);
    }
    expectNothingInClear(sent());
  });

  it('is used on this machine, too, if it is asked for', async () => {
    await switchTls('on');
    const url = urlOf('localhost', server.port, '?sslmode=verify-full');
    expect(await isEncrypted(open(url, file('ours-ca.pem')))).toBe(true);
    expect(await isEncrypted(open(urlOf('localhost', server.port), undefined))).toBe(false);
  });

  it.each([
    ['`fleet.caFile` has another authority', remoteHost, 'other-ca.pem', 'is not trusted: ', '`fleet.caFile`'],
    ['there is no `fleet.caFile`', remoteHost, undefined, 'is not trusted: ', '`fleet.caFile`'],
    [
      'the certificate is for another host',
      '127.0.0.1',
      'ours-ca.pem',
      'is for another host: ',
      'must have a name that is in the certificate',
    ],
  ])('fails if %s, and sends nothing', async (_title, host, ca, problem, advice) => {
    await switchTls('on');
    const { port, sent } = await recorded();
    const database = open(urlOf(host, port, '?sslmode=verify-full'), ca && file(ca));
    const failure = await database.query('select 1', []).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: 'unusable' });
    expect(String(failure)).toContain(`the certificate of the database ${problem}`);
    expect(String(failure)).toContain(advice);
    expect(String(failure)).not.toContain(password);
    expectNothingInClear(sent());
  });

  it('fails with a server that has none, and sends nothing but the question for it', async () => {
    await switchTls('off');
    const { port, sent } = await recorded();
    const database = open(urlOf(remoteHost, port), file('ours-ca.pem'));
    const failure = await database.query('select 1', []).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: 'unusable' });
    expect(String(failure)).toContain('the database does not offer TLS, which only one on this machine may do without');
    expect(sent().toString('hex')).toBe(sslRequest);
  });

  it('takes the authority from the configuration, beside which its file is', async () => {
    await switchTls('on');
    const env = { PATH: process.env.PATH, FLEET_URL: urlOf(remoteHost, server.port) };
    const status = (ca: string, ...args: string[]) => {
      writeFileSync(file('healflow.yaml'), `fleet: { urlEnv: FLEET_URL, caFile: ${ca} }\n`);
      return spawnSync(process.execPath, [main, 'fleet', 'status', ...args], { cwd: folder, env, encoding: 'utf8' });
    };
    expect(status('ours-ca.pem')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^space team,/) });
    expect(status('other-ca.pem')).toMatchObject({ status: 1, stderr: expect.stringContaining('is not trusted') });
    expect(status('other-ca.pem', '--ca-file', 'ours-ca.pem')).toMatchObject({ status: 0 });
  });

  it('is verified by all processes of the demo, with the authority of --ca-file', async () => {
    await switchTls('on');
    const env = { ...process.env, ADMIN_URL: `postgres://postgres@${remoteHost}:${server.port}/fleet` };
    const demo = (...args: string[]) =>
      spawnSync(process.execPath, [main, 'demo', '--fleet', '--url-env', 'ADMIN_URL', '--approve', ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
    expect(demo()).toMatchObject({ status: 1, stderr: expect.stringContaining('is not trusted') });
    const { status, stdout, stderr } = demo('--ca-file', 'ours-ca.pem');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/fleet approve \w+ --url-env HEALFLOW_APPROVER_URL --ca-file \S+ours-ca\.pem\n +approved/);
  });
});
