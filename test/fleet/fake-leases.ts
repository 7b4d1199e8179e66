import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import type { LeaseDatabase, LeaseHold, LeaseNames, LeaseRow, LeaseSeen } from '../../src/fleet/lease-database.ts';
import { shiftHistory } from '../../src/fleet/shift-history.ts';
import type { Clock } from '../../src/model/clock.ts';
import { type FixHistory, noHistory } from '../../src/sharing/history.ts';

interface Stored {
  row: LeaseRow;
  since: number;
  open: boolean;
  freeAt: number | null;
}

/** How the database behaves: it works, refuses connections, swallows them, or responds with an error that stays. */
export type Condition = 'works' | 'refuses' | 'swallows' | 'unusable';

const graceMs = 300;

/** The database of a fleet, in memory: what all machines of a test share. Its clock is that of the test. */
export class FakeFleet {
  readonly clock: Clock;
  condition: Condition = 'works';
  /** Statements that reached it, by kind. */
  readonly statements: string[] = [];
  readonly histories = new Map<string, FixHistory>();
  readonly leases = new Map<string, Stored>();
  readonly locks = new Map<string, { readonly owner: string; break(): void }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Breaks all connections, as a pooler that is killed does: the locks are free. */
  breakConnections(): void {
    for (const { break: end } of [...this.locks.values()]) end();
  }

  /** The connection of one machine, whose wall clock may be ahead. */
  connect(name: string, aheadMs = 0): FakeLeases {
    return new FakeLeases(this, name, aheadMs);
  }
}

export class FakeLeases implements LeaseDatabase {
  readonly #fleet: FakeFleet;
  readonly #name: string;
  readonly #aheadMs: number;
  answeredAt: number | null = null;
  isClosed = false;

  constructor(fleet: FakeFleet, name: string, aheadMs: number) {
    this.#fleet = fleet;
    this.#name = name;
    this.#aheadMs = aheadMs;
  }

  async look(names: LeaseNames): Promise<LeaseSeen> {
    await this.#reach('look');
    return this.#seen(names);
  }

  async take(names: LeaseNames, row: LeaseRow): Promise<{ hold: LeaseHold | null; seen: LeaseSeen }> {
    await this.#reach('take');
    const { leases, clock, locks } = this.#fleet;
    const seen = this.#seen(names);
    if (locks.has(names.lock)) return { hold: null, seen };
    const stored = leases.get(names.lock);
    if (stored?.open) {
      stored.freeAt ??= clock.monotonic();
      if (clock.monotonic() - stored.freeAt < graceMs) return { hold: null, seen };
    }
    leases.set(names.lock, { row, since: clock.monotonic(), open: true, freeAt: null });
    return { hold: this.#lock(names.lock), seen };
  }

  async retake({ lock }: LeaseNames, id: string): Promise<{ hold: LeaseHold | null; isLost: boolean }> {
    await this.#reach('retake');
    const stored = this.#fleet.leases.get(lock);
    if (stored?.row.id !== id || !stored.open) return { hold: null, isLost: true };
    if (this.#fleet.locks.has(lock)) return { hold: null, isLost: false };
    stored.freeAt = null;
    return { hold: this.#lock(lock), isLost: false };
  }

  async write({ lock, identity }: LeaseNames, { id }: Pick<LeaseRow, 'id'>, history: FixHistory): Promise<boolean> {
    await this.#reach('write');
    if (this.#fleet.leases.get(lock)?.row.id !== id) return false;
    this.#fleet.histories.set(identity, shiftHistory(history, -this.#aheadMs, this.#fleet.clock.now()));
    return true;
  }

  async end({ lock }: LeaseNames, id: string): Promise<void> {
    await this.#reach('end');
    const stored = this.#fleet.leases.get(lock);
    if (stored?.row.id === id) stored.open = false;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  async #reach(kind: string): Promise<void> {
    const { condition, clock, statements } = this.#fleet;
    statements.push(`${this.#name} ${kind}`);
    await Promise.resolve();
    if (condition === 'swallows') {
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, 5_000);
      });
      throw new FleetDatabaseError('lost', 'timeout expired');
    }
    if (condition === 'refuses') throw new FleetDatabaseError('lost', 'connect ECONNREFUSED');
    if (condition === 'unusable') throw new FleetDatabaseError('unusable', 'permission denied');
    this.answeredAt = clock.monotonic();
  }

  #lock(lock: string): LeaseHold {
    const { locks } = this.#fleet;
    let breaks = (): void => {};
    const broken = new Promise<void>((resolve) => {
      breaks = resolve;
    });
    const held = {
      owner: this.#name,
      break: (): void => {
        if (locks.get(lock) === held) locks.delete(lock);
        breaks();
      },
    };
    locks.set(lock, held);
    return {
      broken,
      release: () => {
        if (locks.get(lock) === held) locks.delete(lock);
        return Promise.resolve();
      },
    };
  }

  #seen({ lock, identity }: LeaseNames): LeaseSeen {
    const { leases, histories, clock } = this.#fleet;
    const stored = leases.get(lock);
    const forMs = stored === undefined ? 0 : clock.monotonic() - stored.since;
    return {
      isOpen: stored?.open ?? false,
      holder: stored?.row.holder ?? null,
      forMs,
      endsInMs: stored === undefined || stored.row.limitMs === null ? null : stored.row.limitMs - forMs,
      history: shiftHistory(histories.get(identity) ?? noHistory, this.#aheadMs, clock.now() + this.#aheadMs),
    };
  }
}
