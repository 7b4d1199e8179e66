import type { Row } from '../../src/fleet/database.ts';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';

/** What `healflow.append_events` does, without a look at whether an event is there already. */
export class FakeEventDatabase {
  statements = 0;
  closed = 0;
  readonly batches: number[] = [];
  readonly ids: string[] = [];
  readonly behind: number[] = [];
  /** What happens to the next statements, in order. */
  readonly next: ('lost before' | 'lost after' | 'unusable' | 'never')[] = [];
  #giveUp = (): void => {};
  #revision = 0;
  #place: unknown = null;

  async query<T extends object>(_text: string, values: readonly unknown[]): Promise<Row<T>> {
    this.statements += 1;
    const fate = this.next.shift();
    if (fate === 'never') {
      await new Promise<void>((resolve) => {
        this.#giveUp = resolve;
      });
      throw new FleetDatabaseError('lost', 'Connection terminated');
    }
    if (fate === 'unusable') throw new FleetDatabaseError('unusable', 'run `healflow fleet migrate`');
    if (fate === 'lost before') throw new FleetDatabaseError('lost', 'connection refused');
    const [, , revision, place, behind, events] = values as [string, string, number, string, number, string];
    const appended = revision === this.#revision;
    if (appended) {
      const rows: { id: string }[] = JSON.parse(events);
      this.batches.push(rows.length);
      this.ids.push(...rows.map(({ id }) => id));
      this.behind.push(behind);
      this.#revision += 1;
      this.#place = JSON.parse(place);
    }
    if (fate === 'lost after') throw new FleetDatabaseError('lost', 'Connection terminated unexpectedly');
    // As a bigint comes.
    const row = { appended, revision: String(this.#revision), place: this.#place };
    return { row: row as unknown as T, aheadMs: 0 };
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  disconnect(): void {
    this.#giveUp();
  }
}
