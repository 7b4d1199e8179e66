import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { FleetDatabase } from '../../src/fleet/database.ts';
import { databaseSettings } from '../../src/fleet/settings.ts';
import { Shipper, type ShipperParts } from '../../src/fleet/shipper.ts';
import { unrefClock } from '../../src/platform/unref-clock.ts';
import { MachineLockStore } from '../../src/sharing/machine-lock-store.ts';

/** A new empty folder that is removed after the test. */
export const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `healflow-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A shipper of this process that sends batches to a real database at once. */
export const startShipper = (
  url: string,
  memoryDir: string,
  stateDir: string,
  parts: Partial<ShipperParts> = {},
): { readonly shipper: Shipper; readonly warnings: string[] } => {
  const clock = parts.clock ?? unrefClock(systemClock);
  const warnings: string[] = [];
  const connections = new AbortController();
  const shipper = new Shipper({
    memoryDir,
    stateDir,
    log: 'log',
    name: 'shipper-name',
    machine: 'machine-a',
    database: new FleetDatabase({
      settings: () => databaseSettings(url),
      clock,
      machine: { id: 'machine-a', host: 'host', version: '0' },
      background: connections.signal,
    }),
    disconnect: () => connections.abort(),
    locks: new MachineLockStore({ stateDir, clock }),
    clock,
    random: () => 0,
    redact: (text) => text,
    warn: (message) => warnings.push(message),
    retentionDays: 90,
    ...parts,
  });
  onTestFinished(() => shipper.close());
  shipper.start();
  return { shipper, warnings };
};
