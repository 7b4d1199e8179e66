import { isRecord } from '../../text/is-record.ts';

/** What a server offers in lists. A notification says of each that it has changed. */
export type ListKind = 'tools' | 'prompts' | 'resources';

/** The requests that ask for a list: whose it is, and the member of the answer that holds it. */
export const listMethods: ReadonlyMap<string, { readonly kind: ListKind; readonly member: string }> = new Map([
  ['tools/list', { kind: 'tools', member: 'tools' }],
  ['prompts/list', { kind: 'prompts', member: 'prompts' }],
  ['resources/list', { kind: 'resources', member: 'resources' }],
  ['resources/templates/list', { kind: 'resources', member: 'resourceTemplates' }],
]);

/** Equal for equal values, whatever the order of their members. */
const digestOf = (value: unknown): string =>
  // Loaded where there is a list: it takes 10 ms.
  process.getBuiltinModule('node:crypto').createHash('sha256').update(JSON.stringify(value, inOrder)).digest('base64');

const inOrder = (_: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value;

/** One list, gathered page by page. Holds a digest of each item, not the items. */
export class ListDigest {
  readonly #member: string;
  #items = new Set<string>();
  #isWhole = false;

  /** @param member The member of an answer that holds the items. */
  constructor(member: string) {
    this.#member = member;
  }

  /** Takes in one page. The first page of a list takes the place of all that was known. */
  add(result: unknown, isFirstPage: boolean): void {
    const items = isRecord(result) ? result[this.#member] : undefined;
    if (!isRecord(result) || !Array.isArray(items)) return;
    if (isFirstPage) this.#items = new Set();
    for (const item of items) this.#items.add(digestOf(item));
    this.#isWhole = typeof result.nextCursor !== 'string';
  }

  /** Whether this list, as far as it was read, is still what the whole of `now` says. */
  stillMatches(now: ListDigest): boolean {
    if (this.#isWhole && this.#items.size !== now.#items.size) return false;
    return [...this.#items].every((item) => now.#items.has(item));
  }
}
