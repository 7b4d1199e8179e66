import type { Clock } from '../model/clock.ts';
import { within } from '../platform/wait.ts';
import type { StateKey, StateKeys } from '../sharing/request-states.ts';
import type { FleetDatabase } from './database.ts';
import { databaseError, FleetDatabaseError } from './database-error.ts';
import type { LossNote } from './loss-note.ts';
import { LossWatch } from './loss-watch.ts';

export interface FleetStateKeysParts {
  readonly database: Pick<FleetDatabase, 'query' | 'answeredAt'>;
  readonly clock: Clock;
  /** What the processes of this machine tell each other of a lost database. */
  readonly losses?: LossNote | undefined;
}

/** The key of a space, in the database of the fleet, whose clock judges the states. */
export class FleetStateKeys implements StateKeys {
  readonly #parts: FleetStateKeysParts;
  readonly #loss: LossWatch;
  #key: Buffer | undefined;
  #aheadMs = 0;

  constructor(parts: FleetStateKeysParts) {
    this.#parts = parts;
    this.#loss = new LossWatch(parts.clock, () => parts.database.answeredAt, parts.losses);
  }

  async read(remainingMs?: number): Promise<StateKey> {
    if (this.#key === undefined) {
      const { key } = await this.#query<{ key: string }>('select * from healflow.request_state_key()', [], remainingMs);
      this.#key = Buffer.from(key, 'hex');
    }
    return { key: this.#key, now: this.#parts.clock.now() + this.#aheadMs };
  }

  async use(id: string, expiresAt: number, remainingMs?: number): Promise<'first' | 'used' | 'expired'> {
    const sql = 'select * from healflow.use_request_state($1, $2)';
    return (await this.#query<{ outcome: 'first' | 'used' | 'expired' }>(sql, [id, expiresAt], remainingMs)).outcome;
  }

  /** All statements of a call share the time that a database has to respond; one that is known to be lost is not asked. */
  async #query<T extends object>(text: string, values: readonly unknown[], remainingMs?: number): Promise<T> {
    const { database, clock } = this.#parts;
    const limitMs = this.#loss.ask(remainingMs);
    const asked = database.query<T>(text, values);
    try {
      if (!(await within(clock, limitMs, [asked]))) {
        asked.catch(() => {});
        throw new FleetDatabaseError('lost', 'the database of the fleet did not respond in time');
      }
      const { row, aheadMs } = await asked;
      this.#loss.answered();
      this.#aheadMs = aheadMs;
      return row;
    } catch (error) {
      const failure = databaseError(error);
      await this.#loss.isLost(failure, remainingMs);
      throw failure;
    }
  }
}
