import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealError } from '../../errors.ts';
import { guardProcessGroup } from '../../platform/watchdog.ts';
import type { DemoRun } from '../run-demo.ts';
import { loopback } from '../world/http.ts';
import { freePort, initPostgres, postgresPrograms, postgresReady, spawnPostgres } from './postgres.ts';

/** How long PostgreSQL has to end, in ms, if the demo is killed. */
const graceMs = 1_000;

/** @throws HealError `PEER_MISSING`, which says what to install, or which option to give. */
export const assertPostgres = (has: () => boolean = () => postgresPrograms() !== undefined): void => {
  if (has()) return;
  throw new HealError(
    'PEER_MISSING',
    'the demo of a fleet needs a PostgreSQL server, and none is installed here: install one (Debian, Ubuntu: ' +
      'apt-get install postgresql; macOS: brew install postgresql@17), or name the environment variable that holds the URL ' +
      'of an administrator of another one: healflow demo --fleet --url-env NAME',
  );
};

/**
 * Starts a PostgreSQL in a temporary folder, on loopback, with a random password. It ends with the demo, even if that is
 * killed; its folder is removed unless it is.
 *
 * @returns the URL of its administrator.
 */
export const startThrowAway = async ({ closing, signal }: Pick<DemoRun, 'closing' | 'signal'>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'healflow-demo-postgres-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const password = randomBytes(16).toString('hex');
  const init = initPostgres(folder, { user: 'demo', password }, signal);
  closing.add(async () => {
    await init.catch(() => {});
    remove();
  });
  closing.addKill(remove);
  await init;
  const port = await freePort();
  signal.throwIfAborted();
  const child = spawnPostgres(folder, port, { unix_socket_directories: '', shared_buffers: '16MB' }, true);
  const ended = once(child, 'exit');
  const unguard = guardProcessGroup(child.pid ?? 0, graceMs, 'now');
  closing.add(async () => {
    child.kill('SIGQUIT');
    await ended;
    unguard();
  });
  closing.addKill(() => {
    child.kill('SIGQUIT');
    remove();
  });
  await postgresReady(child, folder, port);
  return `postgres://demo:${password}@${loopback}:${port}/postgres`;
};
