import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { FixHistory } from '../sharing/history.ts';
import { historyOf } from '../sharing/history-file.ts';
import type { FleetDatabase, OpenTransaction, Row } from './database.ts';
import type { LeaseDatabase, LeaseHold, LeaseNames, LeaseRow, LeaseSeen } from './lease-database.ts';
import { shiftHistory } from './shift-history.ts';

/** How long a holder whose connection broke has to come back, in ms: then its command has ended, too. */
const graceMs = 300;

export interface PgLeaseDatabaseParts {
  readonly database: FleetDatabase;
  readonly clock: Clock;
  /** The id of this machine in the fleet. */
  readonly machine: string;
  readonly redact: Redact;
}

/** A row of `healflow.look_at_lease` and `healflow.try_lease`. */
interface SeenRow {
  readonly taken?: boolean;
  readonly open: boolean;
  readonly id: string | null;
  readonly holder: string | null;
  readonly since_ms: number | null;
  readonly until_ms: number | null;
  readonly history: unknown;
  readonly now_ms: number;
}

/** The longest texts that the schema takes. */
const maxChars = 300;

/** The leases of a fleet in PostgreSQL: an advisory lock of an open transaction, and a row beside it that outlasts it. */
export class PgLeaseDatabase implements LeaseDatabase {
  readonly #parts: PgLeaseDatabaseParts;
  /** How far the clock of the database is ahead of this one, in ms, as last measured. */
  #aheadMs = 0;

  constructor(parts: PgLeaseDatabaseParts) {
    this.#parts = parts;
  }

  get answeredAt(): number | null {
    return this.#parts.database.answeredAt;
  }

  async look({ lock, identity }: LeaseNames): Promise<LeaseSeen> {
    const { database } = this.#parts;
    return this.#seen(await database.query<SeenRow>('select * from healflow.look_at_lease($1, $2)', [lock, identity]));
  }

  async take(names: LeaseNames, row: LeaseRow): Promise<{ hold: LeaseHold | null; seen: LeaseSeen }> {
    const { database, machine } = this.#parts;
    const transaction = await database.transaction();
    const tried = await transaction.query<SeenRow>('select * from healflow.try_lease($1, $2, $3)', [
      names.lock,
      names.identity,
      graceMs,
    ]);
    const seen = this.#seen(tried);
    if (tried.row.taken !== true) {
      await transaction.end('commit');
      return { hold: null, seen };
    }
    await keepOpen(transaction);
    try {
      await database.query('select healflow.begin_lease($1, $2, $3, $4, $5, $6)', [
        names.lock,
        row.id,
        this.#text(row.key),
        machine,
        this.#text(row.holder),
        row.limitMs,
      ]);
    } catch (error) {
      await transaction.end('rollback');
      throw error;
    }
    return { hold: holdOf(transaction), seen };
  }

  async retake({ lock }: LeaseNames, id: string): Promise<{ hold: LeaseHold | null; isLost: boolean }> {
    const { database } = this.#parts;
    const transaction = await database.transaction();
    const { row } = await transaction.query<{ retaken: boolean; lost: boolean }>(
      'select * from healflow.retake_lease($1, $2)',
      [lock, id],
    );
    if (!row.retaken) {
      await transaction.end('commit');
      return { hold: null, isLost: row.lost };
    }
    await keepOpen(transaction);
    try {
      await database.query('select healflow.continue_lease($1, $2)', [lock, id]);
    } catch (error) {
      await transaction.end('rollback');
      throw error;
    }
    return { hold: holdOf(transaction), isLost: false };
  }

  async write(
    { lock, identity }: LeaseNames,
    { id, key, limits }: Pick<LeaseRow, 'id' | 'key' | 'limits'>,
    history: FixHistory,
  ): Promise<boolean> {
    const { database, clock, redact } = this.#parts;
    const { last } = history;
    const shown = last === null ? history : { ...history, last: { ...last, reason: redact(last.reason) } };
    const shifted = shiftHistory(shown, this.#aheadMs, clock.now() + this.#aheadMs);
    const body = limits === undefined ? shifted : { ...shifted, limits: limitsOf(limits) };
    const { row } = await database.query<{ write_history: boolean }>(
      'select healflow.write_history($1, $2, $3, $4, $5)',
      [lock, id, identity, this.#text(key), JSON.stringify(body)],
    );
    return row.write_history;
  }

  async end({ lock }: LeaseNames, id: string): Promise<void> {
    await this.#parts.database.query('select healflow.end_lease($1, $2)', [lock, id]);
  }

  close(): Promise<void> {
    return this.#parts.database.close();
  }

  #seen({ row, aheadMs }: Row<SeenRow>): LeaseSeen {
    this.#aheadMs = aheadMs;
    const { open, id, holder, since_ms: since, until_ms: until, history, now_ms: now } = row;
    return {
      isOpen: open,
      holder: id === null ? null : holder,
      forMs: since === null ? 0 : Math.max(0, Math.round(now - since)),
      endsInMs: until === null ? null : Math.round(until - now),
      history: shiftHistory(historyOf(history), -aheadMs, this.#parts.clock.now()),
    };
  }

  #text(text: string): string {
    return this.#parts.redact(text).slice(0, maxChars);
  }
}

/** What a reader of the database needs to show how much of a budget is used, and when a cool-down ends. */
const limitsOf = ({ cooldownMs, budget: { runs, windowMs } }: NonNullable<LeaseRow['limits']>) => ({
  cooldownMs,
  runs,
  windowMs,
});

/** Lets the transaction stay open for as long as the fix runs. It is a simple statement: see `OpenTransaction`. */
const keepOpen = (transaction: OpenTransaction): Promise<void> =>
  transaction.simple('set local idle_in_transaction_session_timeout = 0');

const holdOf = (transaction: OpenTransaction): LeaseHold => ({
  broken: transaction.broken,
  release: () => transaction.end('commit'),
});
