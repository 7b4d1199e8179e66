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
  visit,
  type YAMLError,
} from 'yaml';
import type { Redactor } from '../redact/index.ts';
import { excerpt, maskedLines } from './excerpt.ts';
import { type Finding, maskPath, maskProblem, type Source } from './finding.ts';
import { literalSecrets } from './literal-secrets.ts';
import type { Path, Problem } from './problem.ts';
import { offsetInScalar } from './scalar-offset.ts';

/** From the first character to the one after the last. */
type Range = readonly [start: number, end: number];

const syntaxMessages: Partial<Record<YAMLError['code'], Pick<Problem, 'problem' | 'advice'>>> = {
  TAB_AS_INDENT: { problem: 'a tab cannot indent YAML', advice: 'use spaces' },
  MULTIPLE_DOCS: { problem: 'the file has more than one YAML document', advice: 'keep one' },
  BLOCK_AS_IMPLICIT_KEY: { problem: 'a `key: value` within a value', advice: 'put the value in quotes' },
  NON_STRING_KEY: { problem: 'a key must be a plain text' },
};

const maxDepth = 40;

const maxOpenBrackets = 1_000;

const maxAliases = 300;

/** Entries of lists, or keys, each in the one before it on the same line. */
const nestedOnOneLine = /^[ \t]*(?:[\w.-]+:[ \t]+)?(?:[-?][ \t]+){50}/m;

/** Whether collections are nested so deep that parsing takes long. A rough count that ignores quotes. */
const nestsTooDeep = (text: string): boolean => {
  if (nestedOnOneLine.test(text)) return true;
  let open = 0;
  for (const { 0: bracket } of text.matchAll(/[[{}\]]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    if (open > maxOpenBrackets) return true;
  }
  return false;
};

/** Drops members that are null: a key with nothing after it is a key not given. Throws if it goes too deep. */
const withoutNulls = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) throw new RangeError(`nested more than ${maxDepth} levels deep`);
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
  /** What the file holds; undefined if it is empty or has errors. */
  readonly value: unknown;
  /** The errors of the file itself: one that the others may follow from, and keys that are there twice. */
  readonly errors: readonly Finding[];
  readonly #name: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #redact: Redactor;
  #masked: readonly string[] | undefined;

  constructor(name: string, text: string, redact: Redactor) {
    this.#name = name;
    this.#text = text;
    this.#redact = redact;
    const tooDeep = nestsTooDeep(text);
    this.#document = parseDocument(tooDeep ? '' : text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      stringKeys: true,
      // Else a key that is no text is printed as a warning of the process, with what it contains.
      logLevel: 'error',
    });
    const aliasErrors = this.#aliasErrors();
    for (const secret of this.#literalSecrets()) redact.remember(secret);
    const found = [...this.#document.errors, ...this.#document.warnings];
    const twice = found.filter(({ code }) => code === 'DUPLICATE_KEY');
    const errors: Finding[] = [
      ...found.filter((error) => !twice.includes(error)).slice(0, 1),
      ...twice,
      ...aliasErrors,
    ].map((error) => ('code' in error ? this.#syntaxError(error) : error));
    if (tooDeep) errors.push(this.#place([0, 1], { problem: 'nested too deeply' }));
    try {
      if (errors.length === 0) this.value = withoutNulls(this.#document.toJS({ maxAliasCount: 100 }) ?? undefined);
    } catch (error) {
      const reason = error instanceof RangeError ? error.message : 'its aliases unfold to too much';
      errors.push(this.#place([0, 1], { problem: /call stack/.test(reason) ? 'nested too deeply' : reason }));
    }
    this.errors = errors;
  }

  locate(found: Problem): Finding {
    const { path, at = 'value', offset } = found;
    const { node, range } = this.#find(path, at);
    if (offset !== undefined && isScalar(node)) {
      const place = offsetInScalar(node, this.#text, offset);
      if (place !== undefined) return this.#place([place, place + 1], found);
    }
    return this.#place(range, found);
  }

  /** The secrets that stand in the file, also in one with errors: no message may show them. */
  #literalSecrets(): string[] {
    try {
      return literalSecrets(this.#document.toJS({ maxAliasCount: 100 }));
    } catch {
      return [];
    }
  }

  #syntaxError(error: YAMLError): Finding {
    const [start, end] = error.pos;
    if (error.code === 'DUPLICATE_KEY') {
      const key = this.#text.slice(start).match(/^[\w.-]+/)?.[0] ?? this.#text.slice(start, end);
      return this.#place([start, start + key.length], {
        problem: `the key '${key}' is given twice`,
        advice: 'remove one',
      });
    }
    if (/call stack/i.test(error.message)) return this.#place([start, start + 1], { problem: 'nested too deeply' });
    if (error.code === 'MISSING_CHAR')
      return this.#place(this.#openQuote(start) ?? [start, start + 1], { problem: 'a quote is never closed' });
    const range: Range = [start, Math.min(end, start + 1)];
    const known = syntaxMessages[error.code];
    if (known !== undefined) return this.#place(range, known);
    const message = error.message.replace(/\.$/, '');
    return this.#place(range, { problem: message.charAt(0).toLowerCase() + message.slice(1) });
  }

  /** The quote that opens a text which goes on until `end`. */
  #openQuote(end: number): Range | undefined {
    let open: Range | undefined;
    visit(this.#document, {
      Scalar: (_, { range }) => {
        if (range && range[0] < end && range[1] >= end && /["']/.test(this.#text[range[0]] ?? ''))
          open = [range[0], range[0] + 1];
      },
    });
    return open;
  }

  /** The first alias that names nothing, or a collection that contains it, or is one too many. */
  #aliasErrors(): Finding[] {
    const anchors = new Map<string, Node>();
    let found: Finding | undefined;
    let count = 0;
    visit(this.#document, {
      Node: (_, node, ancestors) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchors.set(node.anchor, node);
          return undefined;
        }
        const range = this.#rangeOf(node) ?? [0, 1];
        const named = anchors.get(node.source);
        count += 1;
        if (named === undefined) found = this.#place(range, { problem: `nothing is named &${node.source} above` });
        else if (ancestors.includes(named)) {
          found = this.#place(range, {
            problem: `*${node.source} refers to a collection that contains it`,
            advice: 'write it out',
          });
        } else if (count > maxAliases) {
          found = this.#place(range, { problem: `the file has more than ${maxAliases} aliases` });
        }
        return found === undefined ? undefined : visit.BREAK;
      },
    });
    return found === undefined ? [] : [found];
  }

  /** Finds what is at a path; what does not exist is where it should be. */
  #find(path: Path, at: NonNullable<Problem['at']>): { node: Node | null; range: Range } {
    let node = this.#resolve(this.#document.contents);
    let range: Range = this.#rangeOf(node) ?? [0, 0];
    let owner: Range = [range[0], range[0]];
    for (const [index, step] of path.entries()) {
      const last = index === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
        // One entry may stand for a list of one.
        if (pair === undefined && step === 0) continue;
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

  #place([start, end]: Range, found: Omit<Problem, 'path'> & Partial<Pick<Problem, 'path'>>): Finding {
    const { line, col } = this.#lines.linePos(Math.min(start, this.#text.length));
    const lineNumber = Math.max(1, line);
    const column = Math.max(1, col);
    const text = this.#text.split('\n', lineNumber).at(-1) ?? '';
    this.#masked ??= maskedLines(this.#text, this.#redact);
    const length = Math.max(1, Math.min(end - start, text.trimEnd().length - (column - 1)));
    return {
      ...maskProblem(found, this.#redact),
      place: { file: this.#name, line: lineNumber, column, path: maskPath(found.path ?? [], this.#redact) },
      shownPlace: `${this.#name}:${lineNumber}:${column}`,
      excerpt: excerpt(text, lineNumber, column, length, this.#masked[lineNumber - 1] ?? ''),
      order: start,
    };
  }
}
