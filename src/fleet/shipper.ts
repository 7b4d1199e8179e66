import { join } from 'node:path';
import { LogReader, type PositionedEvents } from '../event-log/read-on.ts';
import type { Clock, Random } from '../model/clock.ts';
import { within } from '../platform/wait.ts';
import { uniqueId } from '../sharing/identity.ts';
import type { MachineLockStore } from '../sharing/machine-lock-store.ts';
import { errorText } from '../text/error-text.ts';
import type { FleetDatabase } from './database.ts';
import { FleetDatabaseError } from './database-error.ts';
import type { EventRow } from './event-row.ts';
import { nothingShipped, positionsIn, readShipState, type ShipState, writeShipState } from './ship-state.ts';
import { type AppendedRow, type EventShipmentParts, eventShipment, type Shipment } from './shipment.ts';

export interface ShipperParts extends EventShipmentParts {
  readonly stateDir: string;
  /** A digest of the log and of the database: the name of the lock and of the state on this machine. */
  readonly name: string;
  readonly database: Pick<FleetDatabase, 'query' | 'close'>;
  /** Breaks its connections at once. */
  readonly disconnect: () => void;
  readonly locks: Pick<MachineLockStore, 'take'>;
  /** Its timers must not keep the process. */
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
  /**
   * What is copied.
   *
   * @default the healing events
   */
  readonly shipment?: Shipment<unknown>;
}

const maxBatch = 200;
/** How long after an event its batch is sent, in ms, plus or minus half: machines that fail together do not send together. */
const gatherMs = 1_000;
/** How often the log is looked at for what a process has left that was killed, in ms. That costs no statement. */
const lookMs = 60_000;
/** How often, if a record may still be half written. */
const unsettledMs = 2_500;
/** One turn lasts no longer, in ms: then another process may go on. */
const turnMs = 20_000;
/** After this long without a sign the holder of the lock counts as frozen. The database lets only one of two write. */
const lockLimitMs = 60_000;
const firstPauseMs = 1_000;
const maxPauseMs = 300_000;
/** A database may be restarted: after this many failures in a row it is mentioned. */
const toleratedFailures = 3;
/** How long a close waits for a batch that is on its way, in ms. */
const closeMs = 200;

const isUnusable = (error: unknown): boolean => error instanceof FleetDatabaseError && error.failure === 'unusable';

/** The pause after a number of failures in a row, in ms. What somebody has to change is not tried every second. */
const pauseAfter = (failures: number, error: unknown): number =>
  Math.min(maxPauseMs, (isUnusable(error) ? 60 : 1) * firstPauseMs * 2 ** Math.min(failures - 1, 20));

const lastTime = (rows: readonly EventRow[]): number | undefined =>
  rows.map(({ at }) => at).findLast((at) => typeof at === 'number');

/**
 * Copies the log of a machine to the database of its fleet, exactly once: a batch of events and the place in the log are
 * written in one transaction, and only by the one that knows the last place. One process of a machine does it at a time.
 *
 * It never delays a call, keeps no process, and connects only if there is something to copy.
 */
export class Shipper {
  readonly #parts: ShipperParts;
  readonly #shipment: Shipment<unknown>;
  readonly #reader: LogReader<unknown>;
  readonly #statePath: string;
  #timer: unknown;
  /** Whether the timer is for a turn that an event cannot hasten. */
  #isSoon = false;
  #turn: Promise<void> | undefined;
  #isWanted = false;
  #isClosed = false;
  #warned = '';
  /** The time of the oldest event that may not have been copied, in ms since the epoch; null if all have been, undefined if unknown. */
  #uncopiedSince: number | null | undefined;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
    const { clock, stateDir, name } = parts;
    this.#shipment = parts.shipment ?? eventShipment(parts);
    this.#reader = new LogReader(this.#shipment.records, { clock, maxEvents: maxBatch });
    this.#statePath = join(stateDir, `${name}.shipped`);
  }

  /** Looks for what is left in the log, such as by processes that have ended. */
  start(): void {
    this.#schedule(0, true);
  }

  /** The age of the oldest event that has not been copied, in seconds; 0 if there is none, undefined until this process has looked. */
  get lagSeconds(): number | undefined {
    const since = this.#uncopiedSince;
    if (since === undefined) return undefined;
    return since === null ? 0 : Math.max(0, this.#parts.clock.now() - since) / 1_000;
  }

  /** An event was written. */
  notice(): void {
    this.#isWanted = true;
    this.#noteUncopied(this.#parts.clock.now());
    if (this.#turn === undefined && !this.#isSoon) this.#schedule(this.#jittered(gatherMs), true);
  }

  /** Closes soon. The next process copies what this one could not. */
  async close(): Promise<void> {
    const { clock, database, disconnect } = this.#parts;
    this.#isClosed = true;
    clock.clearTimeout(this.#timer);
    const turn = this.#turn;
    if (turn !== undefined && !(await within(clock, closeMs, [turn]))) {
      disconnect();
      await within(clock, closeMs, [turn]);
    }
    await within(clock, closeMs, [database.close()]);
  }

  #schedule(delayMs: number, isSoon: boolean): void {
    if (this.#isClosed) return;
    const { clock } = this.#parts;
    clock.clearTimeout(this.#timer);
    this.#isSoon = isSoon;
    this.#timer = clock.setTimeout(() => {
      this.#isSoon = false;
      this.#turn = this.#takeTurn();
    }, delayMs);
  }

  async #takeTurn(): Promise<void> {
    this.#isWanted = false;
    let nextMs: number | null = null;
    try {
      nextMs = await this.#ship();
    } catch (error) {
      this.#warn(error);
    }
    this.#turn = undefined;
    if (nextMs !== null) this.#schedule(nextMs, true);
    else if (this.#isWanted) this.#schedule(this.#jittered(gatherMs), true);
    else this.#schedule(this.#jittered(lookMs), false);
  }

  /** Copies what there is, if it is this process's turn. Resolves with the time until the next turn; null if nothing is left. */
  async #ship(): Promise<number | null> {
    const { locks, name } = this.#parts;
    const state = readShipState(this.#statePath);
    const pauseMs = this.#pauseOf(state);
    if (pauseMs > 0) return pauseMs;
    if (!(await this.#reader.hasMore(state.positions))) {
      this.#uncopiedSince = null;
      return null;
    }
    const lease = await locks.take({
      key: `fleet:${this.#shipment.what}`,
      identity: name,
      exclusive: name,
      limitMs: lockLimitMs,
    });
    if (lease.busy && !lease.overdue) return this.#jittered(gatherMs);
    try {
      return await this.#copy(readShipState(this.#statePath));
    } finally {
      if (!lease.busy) await lease.end();
    }
  }

  async #copy(known: ShipState): Promise<number | null> {
    const { clock } = this.#parts;
    const until = clock.monotonic() + turnMs;
    let { revision, positions } = known;
    let isDone = false;
    const isOver = (): boolean => this.#isClosed || clock.monotonic() > until;
    try {
      while (!isDone && !isOver()) {
        isDone = true;
        for await (const batch of this.#reader.read(positions)) {
          const { appended, place, ...row } = await this.#append(revision, batch);
          revision = Number(row.revision);
          positions = appended ? batch.positions : positionsIn(place);
          isDone = appended && !isOver();
          if (!isDone) break;
        }
      }
      // Also past what holds no events.
      if (isDone) positions = this.#reader.positions;
      this.#warned = '';
      await this.#save({ ...nothingShipped, revision, positions });
    } catch (error) {
      if (this.#isClosed) return null;
      const failures = known.failures + 1;
      const pauseMs = this.#jittered(pauseAfter(failures, error));
      await this.#save({ revision, positions, retryAt: clock.now() + pauseMs, failures });
      if (failures >= toleratedFailures || isUnusable(error)) this.#warn(error);
      return pauseMs;
    }
    if (!isDone) return 0;
    if (this.#reader.isPending) return unsettledMs;
    this.#uncopiedSince = null;
    return null;
  }

  async #append(revision: number, batch: PositionedEvents<unknown>): Promise<AppendedRow> {
    const { events, positions, unreadBytes } = batch;
    const rows = events.flatMap((event) => this.#shipment.rowsOf(event));
    for (const { at } of rows) this.#noteUncopied(at);
    const row = await this.#shipment.append({ revision, rows, positions, unreadBytes });
    // What is left is not older than the last event of this batch.
    if (row.appended) this.#uncopiedSince = unreadBytes === 0 ? null : (lastTime(rows) ?? this.#uncopiedSince);
    return row;
  }

  #noteUncopied(at: unknown): void {
    if (typeof at === 'number') this.#uncopiedSince = Math.min(this.#uncopiedSince ?? at, at);
  }

  #save(state: ShipState): Promise<void> {
    return writeShipState(this.#statePath, state, uniqueId());
  }

  /** How long the database is left alone. A wall clock that was set back does not prolong it. */
  #pauseOf({ retryAt }: ShipState): number {
    const pauseMs = retryAt === null ? 0 : retryAt - this.#parts.clock.now();
    return pauseMs > 2 * maxPauseMs ? 0 : pauseMs;
  }

  #jittered(ms: number): number {
    return ms * (0.5 + this.#parts.random());
  }

  #warn(error: unknown): void {
    const text = errorText(error);
    if (this.#isClosed || this.#warned === text) return;
    this.#warned = text;
    this.#parts.warn(
      `${this.#shipment.what} cannot be copied to the fleet's database: ${text}; they stay in the log, and are copied later`,
    );
  }
}
