import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FleetOverview } from '../../src/fleet/overview-model.ts';
import type { Read } from '../../src/inspector/fleet-model.ts';
import { packageFile } from '../../src/package-root.ts';
import { useFleetServer } from '../fleet/fleet-server.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { apiOf, newFolder } from './support.ts';

const program = packageFile('dist/src/cli/main.js');

const start = (cwd: string, args: readonly string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, [program, 'inspect', ...args], {
    cwd,
    env: { ...process.env, HEALFLOW_STATE_DIR: join(cwd, 'state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('healflow inspect --fleet-url-env', () => {
  it.each([
    [
      'a variable that is not set',
      ['--fleet-url-env', 'NOTHING'],
      /^healflow: --fleet-url-env: .* NOTHING .* is not set/,
    ],
    [
      'a URL that is none',
      ['--fleet-url-env', 'BAD_URL'],
      /^healflow: --fleet-url-env: the URL in BAD_URL cannot be used/,
    ],
    ['an exported run', ['run.json', '--fleet-url-env', 'BAD_URL'], /does not work with an exported run/],
  ])('rejects %s, and shows no URL', async (_title, args, message) => {
    const child = start(await newFolder(), args, { BAD_URL: 'mysql://a:dummy-password@db.example.com/x' });
    const text = (await child.stderr.setEncoding('utf8').toArray()).join('');
    expect(text).toMatch(message);
    expect(text).not.toContain('dummy-password');
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(2);
  });

  describe.skipIf(skipWithoutDatabases())('with a database', () => {
    const running = useFleetServer();

    it('shows the fleet, and ends on Ctrl-C', async () => {
      const env = { READER_URL: running.server.url('fleet_reader', 'fleet') };
      const child = start(await newFolder(), ['--fleet-url-env', 'READER_URL'], env);
      const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      const api = apiOf({ url: line.trim() });
      expect(await api.json('/api/mode')).toMatchObject({ mode: 'live', fleet: true });
      expect(await api.json<Read<FleetOverview>>('/api/fleet')).toMatchObject({
        value: { space: 'team', role: 'fleet_reader' },
        problem: null,
      });
      child.kill('SIGINT');
      expect(await once(child, 'exit')).toEqual([0, null]);
    });
  });
});
