import { realpathSync } from 'node:fs';
import { digest } from '../sharing/identity.ts';
import { MachineLockStore } from '../sharing/machine-lock-store.ts';
import { FleetDatabase } from './database.ts';
import type { FleetOptions } from './index.ts';
import { FileLessonCache, lessonCachePath } from './lesson-cache.ts';
import { databaseName, machineOf } from './machine.ts';
import { type DatabaseSettings, settingsFrom } from './settings.ts';
import { Shipper, type ShipperParts } from './shipper.ts';
import { trialShipment } from './trial-shipment.ts';

export interface ShipperOptions extends FleetOptions {
  readonly memoryDir: string;
}

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** What copies the records of this machine to the database of its fleet. */
export type Shippers = Pick<Shipper, 'start' | 'notice' | 'close'>;

/**
 * Makes the shippers of the healing events and of the trials of the fleet's lessons.
 *
 * @param options With a clock whose timers do not keep the process.
 */
export const createShippers = (options: ShipperOptions): Shippers => {
  const { config, env, memoryDir, stateDir, clock, random, redact, warn, meter } = options;
  const settings = (): DatabaseSettings => settingsFrom(config, env);
  const machine = machineOf(stateDir);
  const folder = realPath(memoryDir);
  const fleet = databaseName(settings);
  const log = digest({ folder });
  const connections = new AbortController();
  const parts: ShipperParts = {
    memoryDir,
    stateDir,
    log,
    name: digest({ folder, database: fleet }),
    machine: machine.id,
    database: new FleetDatabase({ settings, clock, machine, background: connections.signal, meter }),
    disconnect: () => connections.abort(),
    locks: new MachineLockStore({ stateDir, clock }),
    clock,
    random,
    redact,
    warn: (message) => warn(redact(message)),
    retentionDays: config.retentionDays,
  };
  const cache = new FileLessonCache(lessonCachePath(stateDir, fleet));
  const shipment = trialShipment({ ...parts, machine: machine.id, lessons: () => cache.read().lessons });
  const events = new Shipper(parts);
  const trials = new Shipper({ ...parts, name: digest({ folder, database: fleet, records: 'trials' }), shipment });
  meter?.observeLag(() => events.lagSeconds);
  return {
    start: () => {
      events.start();
      trials.start();
    },
    notice: () => {
      events.notice();
      trials.notice();
    },
    close: async () => {
      await Promise.all([events.close(), trials.close()]);
    },
  };
};
