import { realpathSync } from 'node:fs';
import { digest } from '../sharing/identity.ts';
import { MachineLockStore } from '../sharing/machine-lock-store.ts';
import { FleetDatabase } from './database.ts';
import type { FleetOptions } from './index.ts';
import { databaseName, machineOf } from './machine.ts';
import { type DatabaseSettings, settingsFrom } from './settings.ts';
import { Shipper } from './shipper.ts';

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

/** Makes the shipper of a log. @param options With a clock whose timers do not keep the process. */
export const createShipper = (options: ShipperOptions): Shipper => {
  const { config, env, memoryDir, stateDir, clock, random, redact, warn, meter } = options;
  const settings = (): DatabaseSettings => settingsFrom(config, env);
  const machine = machineOf(stateDir);
  const folder = realPath(memoryDir);
  const connections = new AbortController();
  const shipper = new Shipper({
    memoryDir,
    stateDir,
    log: digest({ folder }),
    name: digest({ folder, database: databaseName(settings) }),
    machine: machine.id,
    database: new FleetDatabase({ settings, clock, machine, background: connections.signal, meter }),
    disconnect: () => connections.abort(),
    locks: new MachineLockStore({ stateDir, clock }),
    clock,
    random,
    redact,
    warn: (message) => warn(redact(message)),
    retentionDays: config.retentionDays,
  });
  meter?.observeLag(() => shipper.lagSeconds);
  return shipper;
};
