import { FleetLockStore } from '../../src/fleet/fleet-lock-store.ts';
import type { LeaseDatabase } from '../../src/fleet/lease-database.ts';
import type { LossNote } from '../../src/fleet/loss-note.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { Fix, FixReport, FixRequest, FixRules } from '../../src/model/fix.ts';
import { sleep } from '../../src/platform/wait.ts';
import type { ApprovalStore } from '../../src/sharing/approval-store.ts';
import type { LockStore } from '../../src/sharing/lock-store.ts';
import { FixSharing } from '../../src/sharing/share.ts';
import type { FleetMeter } from '../../src/telemetry/port.ts';
import { fixRequest } from '../support/healer.ts';

const rules: FixRules = {
  mode: 'auto',
  cooldownMs: 30_000,
  budget: { runs: 30, windowMs: 3_600_000 },
  timeoutMs: 10_000,
  identity: 'a'.repeat(32),
  scope: 'fleet',
};

/** What happened to a fix that is shared. */
export class Runs {
  /** The processes that ran it, in order. */
  readonly by: string[] = [];
  /** The lease under which each run was made. */
  readonly leases: FixRequest['lease'][] = [];
  atOnce = 0;
  mostAtOnce = 0;

  /** A fix that ends with its work, as asked. */
  fix(
    name: string,
    more: Partial<FixRules>,
    work: () => Promise<unknown>,
    status: FixReport['status'] = 'succeeded',
  ): Fix {
    return {
      name: 'vpn_connect',
      key: 'host:vpn_connect:default',
      description: 'restarts the gateway',
      rules: { ...rules, ...more },
      run: async (request) => {
        this.by.push(name);
        this.leases.push(request.lease);
        this.atOnce += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
        await work();
        this.atOnce -= 1;
        return { fix: 'vpn_connect', status, reason: 'it ended', durationMs: 0 };
      },
    };
  }
}

/** Numbers from 0 to 1 that are the same in every run of a test. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 9_301 + 49_297) % 233_280;
    return state / 233_280;
  };
};

export interface ProcessOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly machine: LockStore;
  readonly leases: LeaseDatabase;
  readonly runs: Runs;
  readonly seed?: number;
  readonly rules?: Partial<FixRules>;
  /** What the fix does; it takes a second by default. */
  readonly work?: () => Promise<unknown>;
  readonly status?: FixReport['status'];
  readonly approvals?: ApprovalStore;
  readonly meter?: FleetMeter;
  /** What the processes of its machine tell each other of a lost database. */
  readonly losses?: LossNote;
}

/** One healflow process, and a way to have it run the fix. */
export const startProcess = (options: ProcessOptions) => {
  const { name, clock, machine, leases, runs, losses, seed = 1, work = () => sleep(clock, 1_000), status } = options;
  const random = seededRandom(seed);
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
  };
  const fleet = new FleetLockStore({
    machine,
    leases,
    losses,
    clock,
    random,
    holder: name,
    fleet: 'fleet',
    warn,
    redact: (text) => text,
    meter: options.meter,
  });
  const sharing = new FixSharing({ clock, random, store: machine, fleet, approvals: options.approvals, warn });
  const fix = sharing.share(runs.fix(name, options.rules ?? {}, work, status));
  const call = (changes: Partial<FixRequest> = {}): Promise<FixReport> =>
    fix.run(fixRequest({ failedAttemptStartedAt: clock.monotonic() - 10, ...changes }));
  /** The process ends. */
  const end = (): Promise<void> => sharing.close();
  return { name, warnings, call, fix, fleet, end };
};
