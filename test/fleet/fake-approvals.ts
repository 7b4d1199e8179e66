import type { Row } from '../../src/fleet/database.ts';
import { FleetDatabaseError } from '../../src/fleet/database-error.ts';
import type { Clock } from '../../src/model/clock.ts';
import { sleep } from '../../src/platform/wait.ts';

export interface StoredApproval {
  readonly id: string;
  readonly identity: string;
  readonly digest: string;
  readonly texts: readonly string[];
  state: 'pending' | 'approved' | 'denied' | 'used';
  expiresAt: number;
  usedRun: string | null;
}

const lifetimeMs = 24 * 3_600_000;

/** The approvals in the database of a fleet, in memory. Its clock is that of the test. */
export class FakeApprovalDatabase {
  readonly #clock: Clock;
  readonly rows: StoredApproval[] = [];
  readonly statements: ('use' | 'ask' | 'see')[] = [];
  /** What happens to the next statements: `lost`: refused · `half`: done, but the response is lost · `silent`: no response · `unusable`: no right. */
  condition: 'works' | 'lost' | 'half' | 'silent' | 'unusable' = 'works';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async query<T extends object>(text: string, values: readonly unknown[]): Promise<Row<T>> {
    const [identity = '', digest = '', ...rest] = values.map(String);
    const kind = text.includes('use_approval') ? 'use' : text.includes('see_approval') ? 'see' : 'ask';
    this.statements.push(kind);
    const { condition } = this;
    if (condition === 'silent') await sleep(this.#clock, 3_600_000);
    if (condition === 'unusable') throw new FleetDatabaseError('unusable', 'permission denied');
    if (condition !== 'works' && condition !== 'half') throw new FleetDatabaseError('lost', 'connect ECONNREFUSED');
    const row =
      kind === 'use'
        ? this.#use(identity, digest, rest)
        : kind === 'see'
          ? this.#see(identity)
          : this.#ask(identity, digest, rest);
    if (condition === 'half') {
      this.condition = 'works';
      throw new FleetDatabaseError('lost', 'Connection terminated unexpectedly');
    }
    return { row: { ...row, now_ms: this.#clock.now() } as unknown as T, aheadMs: 0 };
  }

  /** What an approver does. */
  decide(state: 'approved' | 'denied'): void {
    for (const row of this.rows.filter((one) => one.state === 'pending')) {
      row.state = state;
      row.expiresAt = this.#clock.now() + lifetimeMs;
    }
  }

  #live(identity: string, digest: string, key: string, action: string): StoredApproval | undefined {
    return this.rows.find(
      ({ texts, expiresAt, ...row }) =>
        row.identity === identity &&
        row.digest === digest &&
        texts[0] === key &&
        texts[1] === action &&
        row.state !== 'used' &&
        expiresAt > this.#clock.now(),
    );
  }

  #use(identity: string, digest: string, [, run = '', key = '', action = '']: readonly string[]) {
    const live = this.#live(identity, digest, key, action);
    const own = this.rows.find(({ usedRun }) => usedRun === run);
    if (own !== undefined) return this.#seen(own, 'granted');
    if (live?.state !== 'approved') return this.#seen(live);
    live.state = 'used';
    live.usedRun = run;
    return this.#seen(live, 'granted');
  }

  #ask(identity: string, digest: string, texts: readonly string[]) {
    const [key = '', action = ''] = texts;
    let live = this.#live(identity, digest, key, action);
    if (live === undefined) {
      const expiresAt = this.#clock.now() + lifetimeMs;
      live = {
        id: `question-${this.rows.length + 1}`,
        identity,
        digest,
        texts,
        state: 'pending',
        expiresAt,
        usedRun: null,
      };
      this.rows.push(live);
    }
    return this.#seen(live);
  }

  #see(id: string) {
    const row = this.rows.find((one) => one.id === id);
    const isOver = row !== undefined && row.state !== 'used' && row.expiresAt <= this.#clock.now();
    return this.#seen(row, isOver ? 'expired' : (row?.state ?? 'none'));
  }

  #seen(row: StoredApproval | undefined, state: string = row?.state ?? 'none') {
    const isDecided = row !== undefined && row.state !== 'pending';
    return {
      id: row?.id ?? null,
      state,
      expires_ms: row?.expiresAt ?? null,
      decided_by: isDecided ? 'team_lead' : null,
      decision_reason: row?.state === 'denied' ? 'not today' : null,
    };
  }
}
