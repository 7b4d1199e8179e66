import { isRecord } from '../../text/is-record.ts';
import { ListDigest, type ListKind, listMethods } from './list-changes.ts';
import { type FetchPage, readAllPages } from './pages.ts';

export interface ListChangePorts {
  /** Asks the new server. Rejects where it is lost before it answers. */
  readonly ask: FetchPage;
  /** What the client was given is no longer what there is. */
  readonly changed: (kind: ListKind) => void;
  /** A page of the new server's was read. */
  readonly read?: (method: string, result: unknown, isFirstPage: boolean) => void;
}

/**
 * Knows the lists that a client was given, and finds out whether the server that takes the place of another still has the
 * same. Only lists are compared that the client has asked for, and that the new server says it has.
 */
export class ListChangeDetector {
  readonly #ports: ListChangePorts;
  readonly #given = new Map<string, ListDigest>();
  #comparison = 0;

  constructor(ports: ListChangePorts) {
    this.#ports = ports;
  }

  /** Takes note of a page that the client was given. */
  recordShown(method: string, result: unknown, isFirstPage: boolean): void {
    const list = listMethods.get(method);
    if (list === undefined) return;
    let catalog = this.#given.get(method);
    if (catalog === undefined) {
      catalog = new ListDigest(list.member);
      this.#given.set(method, catalog);
    }
    catalog.add(result, isFirstPage);
  }

  /**
   * Asks the new server for what the client was given, and says what has changed. Never rejects; one that begins later
   * takes the place of one that is not through.
   *
   * @param capabilities What the new server has said that it offers; undefined if nothing was said of it.
   */
  async compare(capabilities: unknown): Promise<void> {
    this.#comparison += 1;
    const turn = this.#comparison;
    const changed = new Set<ListKind>();
    const tell = (kind: ListKind): void => {
      if (turn !== this.#comparison || changed.has(kind)) return;
      changed.add(kind);
      this.#ports.changed(kind);
    };
    await Promise.all(
      [...this.#given].map(async ([method, before]) => {
        const list = listMethods.get(method);
        if (list === undefined || (isRecord(capabilities) && capabilities[list.kind] === undefined)) return;
        if (!(await this.#isStill(method, list.member, before, () => turn === this.#comparison))) tell(list.kind);
      }),
    );
  }

  /** Where the list cannot be read to its end, nothing is known against it. */
  async #isStill(method: string, member: string, before: ListDigest, counts: () => boolean): Promise<boolean> {
    const now = new ListDigest(member);
    try {
      const isWhole = await readAllPages(method, this.#ports.ask, (result, isFirstPage) => {
        if (!counts()) return;
        now.add(result, isFirstPage);
        this.#ports.read?.(method, result, isFirstPage);
      });
      return !isWhole || before.stillMatches(now);
    } catch {
      return true;
    }
  }
}
