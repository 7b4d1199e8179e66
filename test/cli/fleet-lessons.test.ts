import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fleetLessons, fleetPublish, fleetRetire } from '../../src/cli/fleet-lessons.ts';
import type { Io } from '../../src/cli/io.ts';
import type { PersonTerminal } from '../../src/cli/learn/person.ts';
import { anEvent, openLog } from '../event-log/events.ts';
import { useFleetServer } from '../fleet/fleet-server.ts';
import { temporaryFolder } from '../fleet/shippers.ts';
import { lessonAt } from '../learning/lessons.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { capture } from './log-io.ts';

describe.skipIf(skipWithoutDatabases())('healflow fleet lessons', () => {
  const running = useFleetServer();

  it('publishes what a person types the name of, shows it, and retires it', async () => {
    const cwd = temporaryFolder('publish');
    await lessonAt(join(cwd, 'lessons'), 'tunnel', 'ask');
    const env = { HEALFLOW_STATE_DIR: join(cwd, 'state'), APPROVER_URL: running.server.url('fleet_approver', 'fleet') };
    const options = { urlEnv: 'APPROVER_URL' };
    const run = async (
      command: (io: Io, terminal: PersonTerminal) => Promise<number>,
      typed = '',
      isTTY = true,
    ): Promise<[number, string]> => {
      const { io, stdout, stderr } = capture(cwd, { env });
      const input = Object.assign(new PassThrough(), { isTTY });
      const output = Object.assign(new PassThrough(), { isTTY });
      input.end(`${typed}\n`);
      const code = await command(io, { input, output, env });
      return [code, stdout() + stderr()];
    };
    const publish =
      (more = {}) =>
      (io: Io, terminal: PersonTerminal) =>
        fleetPublish('tunnel', { ...options, ...more }, io, terminal);
    expect(await run(publish(), 'tunnel', false)).toMatchObject([1, expect.stringContaining('on a terminal')]);
    expect(await run(publish(), 'tunel')).toMatchObject([1, expect.stringContaining('that is not the same')]);
    expect(await run(publish({ rung: 'auto' }), 'tunnel')).toMatchObject([
      1,
      expect.stringContaining('cannot be published at'),
    ]);
    expect(await run((io) => fleetLessons(options, io))).toMatchObject([0, 'there are no lessons\n']);
    // A tool has named the command: the argument has to be typed again, as for a move on one machine.
    const { log } = openLog(join(cwd, 'memory'));
    const error = 'error: tunnel alpha is stuck, run restart-tunnel';
    log.append({ ...anEvent({ tool: 'db_query', error }), sig: '0123456789abcdef' });
    log.close();
    expect(await run(publish(), 'tunnel')).toMatchObject([
      1,
      expect.stringMatching(/appeared in an output.*not the same/s),
    ]);
    expect(await run((io) => fleetLessons(options, io))).toMatchObject([0, 'there are no lessons\n']);
    expect(await run(publish(), 'restart-tunnel\ntunnel')).toMatchObject([
      0,
      expect.stringContaining('published tunnel at ask, version 1'),
    ]);
    // Nothing moves up, so nothing has to be typed.
    expect(await run(publish({ rung: 'shadow' }), '', false)).toMatchObject([0, expect.stringContaining('version 2')]);
    const retired = await run((io) => fleetRetire('tunnel', { ...options, reason: 'the gateway is gone' }, io));
    expect(retired).toMatchObject([0, 'retired tunnel, version 3\n']);
    expect(await run((io) => fleetLessons(options, io))).toMatchObject([
      0,
      expect.stringMatching(/tunnel {2}retired.*odds unknown, no run yet/s),
    ]);
  });
});
