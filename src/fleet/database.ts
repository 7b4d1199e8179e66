import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../model/clock.ts';
import { within } from '../platform/wait.ts';
import type { FleetMeter } from '../telemetry/port.ts';
import { makePool } from './connect.ts';
import { databaseError, FleetDatabaseError, isFromServer } from './database-error.ts';
import type { FleetMachine } from './machine.ts';
import type { DatabaseSettings } from './settings.ts';

export interface FleetDatabaseParts {
  /** How it is reached. Called with the first statement; throws an error for people if that is not known. */
  readonly settings: () => DatabaseSettings;
  readonly clock: Clock;
  /**
   * This machine, as the fleet sees it: sent with the first statement, and once a minute if there are more. Null for one that
   * only looks.
   */
  readonly machine: FleetMachine | null;
  /**
   * How long an idle connection is kept, in ms.
   *
   * @default 2000
   */
  readonly idleMs?: number;
  /** Given if the process may end while a statement is under way, since nobody waits for its result. Breaks all connections. */
  readonly background?: AbortSignal;
  /** Told of each response, and of each failure to reach or to use the database. */
  readonly meter?: Pick<FleetMeter, 'reached'> | undefined;
}

/** One row of a response, and how far the clock of the database is ahead of the wall clock of this process, in ms. */
export interface Row<T> {
  readonly row: T;
  readonly aheadMs: number;
}

/** A row whose function says what time it is in the database. */
interface Timed {
  readonly now_ms?: number;
}

/** A transaction that stays open, on a connection of its own. */
export interface OpenTransaction {
  /** Resolves when the connection breaks. */
  readonly broken: Promise<void>;
  /** Sends a statement and resolves with its first row. */
  query<T extends object>(text: string, values: readonly unknown[]): Promise<Row<T>>;
  /** Sends a statement without parameters. Unlike the other kind, it leaves no snapshot behind that holds back vacuum. */
  simple(text: string): Promise<void>;
  /** Ends it. Never rejects: if the connection is broken, the server has ended it. */
  end(how: 'commit' | 'rollback'): Promise<void>;
}

/** The oldest and the newest migration with which this version of healflow works: additive changes share a thousand. */
const schemaVersions = { from: 1, to: 999 };

const greetAgainMs = 60_000;
/** Connections that are in use when all are closed have this long to end, in ms. */
const closeMs = 1_000;

/**
 * The PostgreSQL of a fleet. It is connected to with the first statement; connections that are idle are closed after two
 * seconds. Keeps no process from ending while it is idle.
 */
export class FleetDatabase {
  readonly #parts: FleetDatabaseParts;
  #pool: Promise<Pool> | undefined;
  #greetedAt: number | null = null;
  #answeredAt: number | null = null;
  #version = 0;
  #space = '';

  constructor(parts: FleetDatabaseParts) {
    this.#parts = parts;
  }

  /** When it last responded, on the monotonic clock; null if it never has. */
  get answeredAt(): number | null {
    return this.#answeredAt;
  }

  /** The number of its newest migration; 0 until it has responded. */
  get schemaVersion(): number {
    return this.#version;
  }

  /** The space of this process; empty until the database has responded. */
  get space(): string {
    return this.#space;
  }

  /**
   * Sends one statement, and resolves with its first row.
   *
   * @throws FleetDatabaseError
   */
  async query<T extends object>(text: string, values: readonly unknown[]): Promise<Row<T>> {
    const client = await this.#connect();
    const onError = (): void => {};
    client.on('error', onError);
    let failure: Error | undefined;
    try {
      return await this.#ask<T>(client, text, values);
    } catch (error) {
      failure = this.#failure(error);
      throw failure;
    } finally {
      client.removeListener('error', onError);
      client.release(failure);
    }
  }

  /**
   * Begins a transaction.
   *
   * @throws FleetDatabaseError
   */
  async transaction(): Promise<OpenTransaction> {
    const client = await this.#connect();
    let isOver = false;
    let breaks = (): void => {};
    const broken = new Promise<void>((resolve) => {
      breaks = resolve;
    });
    const release = (destroy: boolean): void => {
      if (isOver) return;
      isOver = true;
      client.removeListener('end', onBreak);
      client.release(destroy);
      client.removeListener('error', onBreak);
    };
    const onBreak = (): void => {
      release(true);
      breaks();
    };
    client.on('error', onBreak);
    client.on('end', onBreak);
    const guard = async <R>(work: () => Promise<R>): Promise<R> => {
      try {
        return await work();
      } catch (error) {
        onBreak();
        throw this.#failure(error);
      }
    };
    const transaction: OpenTransaction = {
      broken,
      query: <R extends object>(text: string, values: readonly unknown[]) =>
        guard(() => this.#ask<R>(client, text, values)),
      simple: (text) =>
        guard(async () => {
          await client.query(text);
          this.#answeredAt = this.#parts.clock.monotonic();
        }),
      end: async (how) => {
        if (isOver) return;
        try {
          await client.query(how);
          release(false);
        } catch {
          release(true);
        }
      },
    };
    await transaction.simple('begin');
    return transaction;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const connecting = this.#pool;
    this.#pool = undefined;
    const pool = await connecting?.catch(() => undefined);
    if (pool !== undefined) await within(this.#parts.clock, closeMs, [pool.end()]);
  }

  async #connect(): Promise<PoolClient> {
    this.#pool ??= (async () => makePool(this.#parts.settings(), this.#parts))();
    let pool: Pool;
    try {
      pool = await this.#pool;
    } catch (error) {
      this.#pool = undefined;
      throw this.#failure(
        error instanceof FleetDatabaseError
          ? error
          : new FleetDatabaseError('unusable', databaseError(error).message, { cause: error }),
      );
    }
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw this.#failure(error);
    }
    // A pool lets a connection that is in use keep the process.
    if (this.#parts.background !== undefined) (client as PoolClient & { unref(): void }).unref();
    const now = this.#parts.clock.monotonic();
    if (this.#parts.machine === null) return client;
    if (this.#greetedAt === null || now - this.#greetedAt >= greetAgainMs)
      await this.#greet(client, this.#parts.machine);
    return client;
  }

  /** Says who this is, and hears which schema there is. */
  async #greet(client: PoolClient, { id, host, version }: NonNullable<FleetDatabaseParts['machine']>): Promise<void> {
    const onError = (): void => {};
    client.on('error', onError);
    try {
      const { row } = await this.#ask<{ schema_version: number; space: string }>(
        client,
        'select * from healflow.hello($1, $2, $3)',
        [id, host, version],
      );
      const { from, to } = schemaVersions;
      if (row.schema_version < from || row.schema_version > to) {
        throw new FleetDatabaseError(
          'unusable',
          `the schema of the database has version ${row.schema_version}, and this healflow works with ${from} to ${to}`,
        );
      }
      this.#version = row.schema_version;
      this.#space = row.space;
      this.#greetedAt = this.#parts.clock.monotonic();
      client.removeListener('error', onError);
    } catch (error) {
      // A schema that does not fit is a response.
      const failure = error instanceof FleetDatabaseError ? error : this.#failure(error);
      client.release(failure);
      client.removeListener('error', onError);
      throw failure;
    }
  }

  async #ask<T extends object>(client: PoolClient, text: string, values: readonly unknown[]): Promise<Row<T>> {
    const { clock } = this.#parts;
    const [sentAt, sentOn] = [clock.now(), clock.monotonic()];
    const { rows } = await client.query<T & Timed>(text, [...values]);
    const takenMs = clock.monotonic() - sentOn;
    this.#answeredAt = clock.monotonic();
    this.#parts.meter?.reached(true);
    const [row = {} as T & Timed] = rows;
    const aheadMs = row.now_ms === undefined ? 0 : row.now_ms - (sentAt + takenMs / 2);
    return { row, aheadMs };
  }

  #failure(error: unknown): FleetDatabaseError {
    // What this process has broken itself says nothing of the database.
    if (this.#parts.background?.aborted !== true) this.#parts.meter?.reached(isFromServer(error));
    return databaseError(error);
  }
}

/** What sends single statements: the database itself, or a double of it. */
export type Queryable = Pick<FleetDatabase, 'query'>;
