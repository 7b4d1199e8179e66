import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { LessonSource } from '../learning/lesson-source.ts';
import type { Clock, Random } from '../model/clock.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import type { Redactor } from '../redact/index.ts';
import type { ApprovalStore } from '../sharing/approval-store.ts';
import type { LockStore } from '../sharing/lock-store.ts';
import { MachineLockStore } from '../sharing/machine-lock-store.ts';
import type { StateKeys } from '../sharing/request-states.ts';
import type { FleetMeter } from '../telemetry/port.ts';
import { FleetDatabase, type FleetDatabaseParts } from './database.ts';
import { FleetApprovals } from './fleet-approvals.ts';
import { FleetLessons, type FleetLessonsParts } from './fleet-lessons.ts';
import { FleetLockStore } from './fleet-lock-store.ts';
import { FleetStateKeys } from './fleet-state-keys.ts';
import { FileLessonCache, lessonCachePath } from './lesson-cache.ts';
import { FileLookTurns } from './lesson-look.ts';
import { fleetLessonSource } from './lesson-source.ts';
import { FileLossNote } from './loss-note.ts';
import { databaseName, machineOf } from './machine.ts';
import { PgLeaseDatabase } from './pg-lease-database.ts';
import { type DatabaseSettings, settingsFrom } from './settings.ts';
import { PgSlotDatabase, SlotStore } from './slots.ts';

export interface FleetOptions {
  readonly config: NonNullable<Config['fleet']>;
  readonly env: NodeJS.ProcessEnv;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly redact: Redactor;
  readonly warn: (message: string) => void;
  /** Undefined if nothing is measured. */
  readonly meter?: FleetMeter | undefined;
}

/** What a process has of its fleet. */
export interface Fleet {
  /** The store of the fixes that machines share. */
  readonly store: LockStore;
  /** Questions to the approvers of the fleet. */
  readonly approvals: ApprovalStore;
  /** What signs the questions that a client may bring to any machine. */
  readonly stateKeys: StateKeys;
  /** The store of this machine for all other fixes; undefined if `atOnce` does not limit them. */
  readonly limited: LockStore | undefined;
  /** The lessons of the fleet. */
  readonly lessons: LessonSource;
  readonly database: FleetDatabase;
  /** The id of this machine in the fleet: of this host and state folder. */
  readonly machine: string;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** A database whose statements keep no process from ending. */
const backgroundDatabase = (
  parts: Omit<FleetDatabaseParts, 'background'>,
): Pick<FleetLessonsParts, 'database' | 'disconnect'> => {
  const connections = new AbortController();
  const database = new FleetDatabase({ ...parts, background: connections.signal });
  return { database, disconnect: () => connections.abort() };
};

/** Connects this machine with its fleet. Opens nothing until a fix of the fleet is about to run. */
export const createFleet = (options: FleetOptions): Fleet => {
  const { config, env, stateDir, clock, random, redact, warn, meter } = options;
  const machine = machineOf(stateDir);
  const settings = (): DatabaseSettings => settingsFrom(config, env);
  const database = new FleetDatabase({ settings, clock, machine, meter });
  const holder = `process ${process.pid} on ${machine.host}`;
  const own = new MachineLockStore({ stateDir, clock });
  const fleet = databaseName(settings);
  const losses = new FileLossNote(join(stateDir, `${fleet}.lost`));
  const store = new FleetLockStore({
    machine: own,
    leases: new PgLeaseDatabase({ database, clock, machine: machine.id, redact }),
    losses,
    clock,
    random,
    holder,
    fleet,
    warn,
    redact,
    meter,
  });
  const approvals = new FleetApprovals({ database, clock, machine: machine.id, holder, redact });
  const { atOnce } = config;
  const limited =
    atOnce === undefined
      ? undefined
      : new SlotStore({ machine: own, slots: new PgSlotDatabase(database), losses, atOnce, clock, random, meter });
  const stateKeys = new FleetStateKeys({ database, clock, losses });
  const cache = new FileLessonCache(lessonCachePath(stateDir, fleet));
  const known = new FleetLessons({
    ...backgroundDatabase({ settings, clock: unrefClock(clock), machine: null, meter }),
    ...{ clock, random, machine, cache, turns: new FileLookTurns(stateDir, fleet, own), redact, warn },
    isLossTold: () => store.isLossTold,
  });
  const lessons = fleetLessonSource(known, { redact, warn });
  return {
    store,
    limited,
    approvals,
    stateKeys,
    lessons,
    database,
    machine: machine.id,
    close: async () => {
      await Promise.all([known.close(), database.close()]);
    },
  };
};
