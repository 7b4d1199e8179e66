import { isRecord } from '../../text/is-record.ts';
import { type FetchPage, readAllPages } from './pages.ts';

/** The lists that a server offers. A notification says of each that it has changed. */
export type ListKind = 'tools' | 'prompts' | 'resources';

/** The requests for a list, with the member of the result that holds the items. */
export const listMethods: ReadonlyMap<string, { readonly kind: ListKind; readonly member: string }> = new Map([
  ['tools/list', { kind: 'tools', member: 'tools' }],
  ['prompts/list', { kind: 'prompts', member: 'prompts' }],
  ['resources/list', { kind: 'resources', member: 'resources' }],
  ['resources/templates/list', { kind: 'resources', member: 'resourceTemplates' }],
]);

/** The notification that a list has changed, as one line. @param rest Its `params`, with a leading comma. */
export const listChangedNotification = (kind: ListKind, rest = ''): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${kind}/list_changed"${rest}}\n`);

/** Equal for equal values, whatever the order of their members. */
const digestOf = (value: unknown): string =>
  // Loaded with the first list: it takes 10 ms.
  process.getBuiltinModule('node:crypto').createHash('sha256').update(JSON.stringify(value, inOrder)).digest('base64');

const inOrder = (_: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value;

/** One list, collected page by page. Holds a digest of each item, not the items. */
export class ListDigest {
  readonly #member: string;
  #items = new Set<string>();
  #isComplete = false;

  /** @param member The member of a result that holds the items. */
  constructor(member: string) {
    this.#member = member;
  }

  /** Adds one page. The first page of a list replaces all earlier ones. */
  add(result: unknown, isFirstPage: boolean): void {
    const items = isRecord(result) ? result[this.#member] : undefined;
    if (!isRecord(result) || !Array.isArray(items)) return;
    if (isFirstPage) this.#items = new Set();
    for (const item of items) this.#items.add(digestOf(item));
    this.#isComplete = typeof result.nextCursor !== 'string';
  }

  /** Whether the pages read of this list agree with the complete list `now`. */
  stillMatches(now: ListDigest): boolean {
    if (this.#isComplete && this.#items.size !== now.#items.size) return false;
    return [...this.#items].every((item) => now.#items.has(item));
  }
}

export interface ListChangePorts {
  /** Asks the new server. Rejects if it is lost before it responds. */
  readonly ask: FetchPage;
  /** The new server's list differs from the one that the client got. */
  readonly changed: (kind: ListKind) => void;
  /** A page of the new server's list was read. */
  readonly read?: (method: string, result: unknown, isFirstPage: boolean) => void;
}

/**
 * Records the lists that a client got, and detects whether a new server offers the same ones. Compares only lists that
 * the client has requested and that the new server supports.
 */
export class ListChangeDetector {
  readonly #ports: ListChangePorts;
  readonly #shown = new Map<string, ListDigest>();
  #comparison = 0;

  constructor(ports: ListChangePorts) {
    this.#ports = ports;
  }

  /** Records a page that the client got. */
  recordShown(method: string, result: unknown, isFirstPage: boolean): void {
    const list = listMethods.get(method);
    if (list === undefined) return;
    let digest = this.#shown.get(method);
    if (digest === undefined) {
      digest = new ListDigest(list.member);
      this.#shown.set(method, digest);
    }
    digest.add(result, isFirstPage);
  }

  /**
   * Reads the recorded lists from the new server and reports what has changed. Never rejects. A later comparison
   * replaces one that has not finished.
   *
   * @param capabilities The new server's; undefined if it has not sent any.
   */
  async compare(capabilities: unknown): Promise<void> {
    this.#comparison += 1;
    const own = this.#comparison;
    const isCurrent = (): boolean => own === this.#comparison;
    const changed = new Set<ListKind>();
    const report = (kind: ListKind): void => {
      if (!isCurrent() || changed.has(kind)) return;
      changed.add(kind);
      this.#ports.changed(kind);
    };
    await Promise.all(
      [...this.#shown].map(async ([method, before]) => {
        const list = listMethods.get(method);
        if (list === undefined || (isRecord(capabilities) && capabilities[list.kind] === undefined)) return;
        if (!(await this.#isUnchanged(method, list.member, before, isCurrent))) report(list.kind);
      }),
    );
  }

  /** A list that cannot be read to its end counts as unchanged. */
  async #isUnchanged(method: string, member: string, before: ListDigest, isCurrent: () => boolean): Promise<boolean> {
    const now = new ListDigest(member);
    try {
      const isComplete = await readAllPages(method, this.#ports.ask, (result, isFirstPage) => {
        if (!isCurrent()) return;
        now.add(result, isFirstPage);
        this.#ports.read?.(method, result, isFirstPage);
      });
      return !isComplete || before.stillMatches(now);
    } catch {
      return true;
    }
  }
}
