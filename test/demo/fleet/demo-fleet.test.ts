import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assertPostgres } from '../../../src/demo/fleet/throw-away.ts';
import { HealError } from '../../../src/errors.ts';
import { noPostgres } from '../../support/postgres.ts';
import { program, startDemo } from '../start-demo.ts';

vi.setConfig({ testTimeout: 240_000 });

let tmp: string;
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'healflow-test-'));
  // PostgreSQL runs as another user if the tests run as root.
  chmodSync(tmp, 0o711);
});
afterEach(() => rmSync(tmp, { recursive: true, force: true }));

/** The processes that have the folder of this test in their command line, PostgreSQL among them. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(folder));

const expectNothingLeft = async (): Promise<void> => {
  await vi.waitFor(() => expect(processesOf(tmp)).toEqual([]), { timeout: 60_000, interval: 50 });
  expect(readdirSync(tmp)).toEqual([]);
};

const missing = noPostgres() ?? (existsSync('/proc/self/cmdline') ? undefined : 'this system has no /proc');
if (missing !== undefined) process.stderr.write(`\nSKIPPED, tests of the demo of a fleet: ${missing}\n\n`);

describe.skipIf(missing !== undefined)('healflow demo --fleet', () => {
  it('shows one refresh, one log and one approval, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await startDemo(tmp, '--fleet').ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('rejected 3, tokens refreshed 1');
    for (const name of ['a', 'b', 'c']) {
      expect(stdout).toMatch(
        new RegExp(`machine ${name} +[\\d:.]+ +list_orders +token_refresh( \\(shared\\))? +success`),
      );
    }
    expect(stdout.match(/token_refresh \(shared\)/g)).toHaveLength(2);
    expect(stdout).toMatch(
      /npx healflow fleet approve (\w+) --url-env HEALFLOW_APPROVER_URL\n +approved \1, for one run/,
    );
    expect(stdout).toMatch(/machine b +✓ The bakery .*\n +healed, 2 attempts, vpn_connect: succeeded/);
    expect(stdout).toContain('is used; gateways started: 1');
    expect(stdout).not.toContain('\x1b');
    await expectNothingLeft();
  });

  it('leaves nothing behind if it is interrupted', async () => {
    const { child, output, ended } = startDemo(tmp, '--fleet');
    await vi.waitUntil(() => output.stdout.includes('An access token expires'), { timeout: 120_000, interval: 20 });
    expect(processesOf(tmp).some((command) => command.includes('/postgres '))).toBe(true);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'healflow: the demo did not finish: ended by SIGINT\n' });
    await expectNothingLeft();
  });

  it('ends PostgreSQL even if it is killed', async () => {
    const { child, output, ended } = startDemo(tmp, '--fleet');
    await vi.waitUntil(() => output.stdout.includes('An access token expires'), { timeout: 120_000, interval: 20 });
    child.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(processesOf(tmp)).toEqual([]), { timeout: 60_000, interval: 50 });
  });
});

describe('the options of healflow demo --fleet', () => {
  it.each([
    [['--fleet', '--memory', 'here'], '--fleet keeps no events: leave out --memory'],
    [['--approve'], '--approve is only for the demo of a fleet: add --fleet'],
    [['--url-env', 'URL'], '--url-env is only for the demo of a fleet: add --fleet'],
    [['--ca-file', 'ca.pem'], '--ca-file is only for the demo of a fleet: add --fleet'],
    [['--fleet', '--ca-file', 'ca.pem'], '--ca-file is for the database of --url-env: add it'],
    [['--fleet', '--url-env', 'REMOTE_URL', '--ca-file', 'no-such.pem'], 'cannot be read'],
    [['--fleet', '--url-env', 'NO_SUCH_URL'], "NO_SUCH_URL with the URL of the fleet's database is not set"],
    [['--fleet', '--url-env', 'BAD_URL'], 'the URL in BAD_URL cannot be used: its scheme is not postgres://'],
  ])('are checked before anything starts: %j', (args, message) => {
    const env = {
      ...process.env,
      BAD_URL: 'mysql://root@127.0.0.1/test',
      REMOTE_URL: 'postgres://admin@db.example.com/tools',
    };
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, 'demo', ...args], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('say what to install, or which option to give, if there is no PostgreSQL', () => {
    expect(() => assertPostgres(() => true)).not.toThrow();
    const text = /apt-get install postgresql.*healflow demo --fleet --url-env NAME/;
    expect(() => assertPostgres(() => false)).toThrow(HealError);
    expect(() => assertPostgres(() => false)).toThrow(text);
  });
});
