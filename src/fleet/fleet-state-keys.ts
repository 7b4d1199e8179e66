import type { Clock } from '../model/clock.ts';
import { within } from '../platform/wait.ts';
import type { StateKey, StateKeys } from '../sharing/request-states.ts';
import type { Queryable } from './database.ts';
import { FleetDatabaseError } from './database-error.ts';

export interface FleetStateKeysParts {
  readonly database: Queryable;
  readonly clock: Clock;
}

/** The time that the database has to respond, in ms. */
const patienceMs = 5_000;

/** The key of a space, in the database of the fleet, whose clock judges the states. */
export class FleetStateKeys implements StateKeys {
  readonly #parts: FleetStateKeysParts;
  #key: Buffer | undefined;
  #aheadMs = 0;

  constructor(parts: FleetStateKeysParts) {
    this.#parts = parts;
  }

  async read(): Promise<StateKey> {
    if (this.#key === undefined) {
      const { key } = await this.#query<{ key: string }>('select * from healflow.request_state_key()', []);
      this.#key = Buffer.from(key, 'hex');
    }
    return { key: this.#key, now: this.#parts.clock.now() + this.#aheadMs };
  }

  async use(id: string, expiresAt: number): Promise<'first' | 'used' | 'expired'> {
    const sql = 'select * from healflow.use_request_state($1, $2)';
    return (await this.#query<{ outcome: 'first' | 'used' | 'expired' }>(sql, [id, expiresAt])).outcome;
  }

  async #query<T extends object>(text: string, values: readonly unknown[]): Promise<T> {
    const { database, clock } = this.#parts;
    const asked = database.query<T>(text, values);
    if (!(await within(clock, patienceMs, [asked]))) {
      asked.catch(() => {});
      throw new FleetDatabaseError('lost', 'the database of the fleet did not respond in time');
    }
    const { row, aheadMs } = await asked;
    this.#aheadMs = aheadMs;
    return row;
  }
}
