// Machines of a fleet, all in this process, with a real database.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '../../dist/src/clock.js';
import { FleetDatabase } from '../../dist/src/fleet/database.js';
import { FileLossNote } from '../../dist/src/fleet/loss-note.js';
import { PgLeaseDatabase } from '../../dist/src/fleet/pg-lease-database.js';
import { databaseSettings } from '../../dist/src/fleet/settings.js';
import { uniqueId } from '../../dist/src/sharing/identity.js';
import { MachineLockStore } from '../../dist/src/sharing/machine-lock-store.js';
import { fromTests } from './from-tests.mjs';

const { Runs, startProcess } = await fromTests('fleet/scene.ts');

const clockAhead = (aheadMs) => ({ ...systemClock, now: () => systemClock.now() + aheadMs });

/** Statements that this process has sent, with those that begin and end transactions. */
export const sent = { statements: 0 };
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (...statement) {
  sent.statements += 1;
  return query.apply(this, statement);
};

/** The number of runs of the machine that ran the fix most often. */
export const mostOfOneMachine = (runs) => {
  const counts = new Map();
  for (const name of runs.by) {
    const [machine] = name.split('.');
    counts.set(machine, (counts.get(machine) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
};

/**
 * Starts machines that share one fix.
 *
 * @param fixMs How long the fix takes.
 * @param deadlineMs The time that each call has.
 * @param aheadMs By how much the clock of each machine is ahead; 0 if there is none.
 */
export const startMachines = (
  folder,
  { url, machines = 4, processes = 3, fixMs = 1_000, deadlineMs = 20_000, aheadMs = [], rules = {}, status, ...more },
) => {
  const runs = new Runs();
  const identity = `${uniqueId()}${uniqueId()}`;
  const fixTimes = [];
  const work = async () => {
    const began = performance.now();
    await sleep(fixMs);
    fixTimes.push(performance.now() - began);
  };
  const databases = [];
  const all = Array.from({ length: machines }, (_, at) => {
    const clock = clockAhead(aheadMs[at] ?? 0);
    const stateDir = join(mkdtempSync(join(folder, 'machine-')), 'state');
    return Array.from({ length: processes }, (__, index) => {
      const machine = { id: `machine-${at + 1}`, host: 'host', version: '0' };
      const database = new FleetDatabase({ settings: () => databaseSettings(url), clock, machine });
      databases.push(database);
      return startProcess({
        name: `${at + 1}.${index + 1}`,
        clock,
        machine: new MachineLockStore({ stateDir, clock }),
        losses: new FileLossNote(join(stateDir, 'fleet.lost')),
        leases: new PgLeaseDatabase({ database, clock, machine: machine.id, redact: (text) => text }),
        runs,
        seed: at * 100 + index + 1,
        work,
        status,
        rules: { timeoutMs: 60_000, identity, ...rules },
        ...more,
      });
    });
  }).flat();
  /** One call, with its time. */
  const call = async ({ call: serve }) => {
    const began = performance.now();
    const signal = AbortSignal.timeout(deadlineMs);
    const { status: end, code } = await serve({ remainingMs: deadlineMs, signal });
    const ms = performance.now() - began;
    return { status: end, code, ms, isInTime: ms <= deadlineMs };
  };
  return {
    runs,
    /** How long the fix took, each time. */
    fixTimes,
    callAll: () => Promise.all(all.map(call)),
    /** Waits until so many runs have begun, and the database has responded to each machine: a stranger is not waited for. */
    begun: async (count) => {
      const isKnown = () => databases.filter(({ answeredAt }) => answeredAt !== null).length >= machines;
      while (runs.by.length < count || !isKnown()) await sleep(5);
    },
    close: () => Promise.all(databases.map((database) => database.close())),
  };
};
