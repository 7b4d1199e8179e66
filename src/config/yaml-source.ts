import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Redact } from '../model/diagnosis.ts';
import { excerpt } from './excerpt.ts';
import type { Path, Problem, Source } from './problem.ts';
import { offsetInScalar } from './scalar-offset.ts';

/** From the first character to the one after the last. */
type Range = readonly [start: number, end: number];

const syntaxMessages: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'only one YAML document may stand in the file',
  BLOCK_AS_IMPLICIT_KEY: 'a `key: value` within a value; put the value in quotes',
  NON_STRING_KEY: 'a key must be a plain text',
};

const mostDeep = 40;

/** Drops members that are null: a key with nothing after it is a key not given. Throws where it goes too deep. */
const withoutNulls = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > mostDeep) throw new RangeError(`nested more than ${mostDeep} levels deep`);
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      // The arguments of a tool are its own business.
      .map(([key, member]) => [key, key === 'arguments' ? member : withoutNulls(member, depth + 1)]),
  );
};

/** A YAML file that was read, with the place of each of its values. */
export class YamlSource implements Source {
  readonly name: string;
  /** What the file holds; undefined where it is empty or has errors. */
  readonly value: unknown;
  /** The errors of the file itself, each in words. */
  readonly errors: readonly string[];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #redact: Redact;

  constructor(name: string, text: string, redact: Redact) {
    this.name = name;
    this.#text = text;
    this.#redact = redact;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, stringKeys: true });
    const errors = [...this.#document.errors, ...this.#document.warnings].map((error) => this.#syntaxError(error));
    try {
      this.value =
        errors.length > 0 ? undefined : withoutNulls(this.#document.toJS({ maxAliasCount: 100 }) ?? undefined);
    } catch (error) {
      errors.push(this.#place([0, 1], error instanceof Error ? error.message : 'it cannot be read'));
    }
    this.errors = errors;
  }

  describe({ path, at, message, offset }: Problem): string {
    const { node, range } = this.#find(path, at ?? 'value');
    if (offset !== undefined && isScalar(node)) {
      const place = offsetInScalar(node, this.#text, offset);
      if (place !== undefined) return this.#place([place, place + 1], message);
    }
    return this.#place(range, message);
  }

  #syntaxError(error: YAMLError): string {
    const [start, end] = error.pos;
    if (error.code === 'DUPLICATE_KEY') {
      const key = this.#text.slice(start).match(/^[\w.-]+/)?.[0] ?? this.#text.slice(start, end);
      return this.#place([start, start + key.length], `the key '${key}' stands here for the second time`);
    }
    const said = syntaxMessages[error.code] ?? error.message.replace(/\.$/, '');
    return this.#place([start, Math.min(end, start + 1)], said.charAt(0).toLowerCase() + said.slice(1));
  }

  /** Finds what stands at a path; what does not exist is where it should be. */
  #find(path: Path, at: NonNullable<Problem['at']>): { node: Node | null; range: Range } {
    let node = this.#resolve(this.#document.contents);
    let range: Range = this.#rangeOf(node) ?? [0, 0];
    let owner: Range = [range[0], range[0]];
    for (const [index, step] of path.entries()) {
      const last = index === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
        if (pair === undefined) return { node: null, range: owner };
        const key = this.#rangeOf(pair.key) ?? owner;
        if (last && at === 'owner') return { node: null, range: owner };
        node = this.#resolve(pair.value);
        owner = key;
        // A map or a list, and a value that is missing, is shown by its key.
        range = isScalar(node) ? (this.#rangeOf(node) ?? key) : key;
        if (last && at === 'key') return { node, range: key };
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (item === undefined) return { node: null, range: owner };
        node = this.#resolve(item);
        const start = this.#rangeOf(node) ?? owner;
        owner = [start[0], start[0] + 1];
        range = isScalar(node) ? start : owner;
      } else if (step !== 0) {
        // One value may stand for a list of one.
        return { node: null, range };
      }
    }
    return { node, range: at === 'owner' ? owner : range };
  }

  #resolve(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.#document) ?? null;
    return isNode(node) ? node : null;
  }

  #rangeOf(node: unknown): Range | undefined {
    const range = isNode(node) ? node.range : undefined;
    return range && range[1] > range[0] ? [range[0], range[1]] : undefined;
  }

  #place([start, end]: Range, message: string): string {
    const { line, col } = this.#lines.linePos(Math.min(start, this.#text.length));
    const lineNumber = Math.max(1, line);
    const column = Math.max(1, col);
    const text = this.#text.split('\n', lineNumber).at(-1) ?? '';
    const length = Math.max(1, Math.min(end - start, text.trimEnd().length - (column - 1)));
    const head = `${this.name}:${lineNumber}:${column}: ${this.#redact(message)}`;
    return `${head}\n${excerpt(text, lineNumber, column, length, this.#redact)}`;
  }
}
