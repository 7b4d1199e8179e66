import { type Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { ToolKind } from '../model/terms.ts';
import { globTest } from '../policy/glob.ts';

/** A place in the text, and what is put there instead of what is there now. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Thrown if a file cannot be edited without changing what else it says. */
export class EditError extends Error {}

const plainKey = /^[A-Za-z_][\w./-]*$/;
const reserved = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** A name as a key of YAML: in quotes unless it can be nothing else. */
const keyOf = (name: string): string => (plainKey.test(name) && !reserved.test(name) ? name : JSON.stringify(name));

const keyText = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);

/** The range of a node, without the white space and comments after it. */
const rangeOf = (node: unknown): readonly [number, number] | undefined => {
  const { range } = Object(node) as { range?: [number, number, number] | null };
  return range ? [range[0], range[1]] : undefined;
};

class ToolsEditor {
  readonly #text: string;
  readonly #document: Document;
  readonly #eol: string;

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { stringKeys: true, logLevel: 'error' });
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    const [error] = this.#document.errors;
    if (error !== undefined) throw new EditError(error.message);
  }

  edits(kinds: ReadonlyMap<string, ToolKind>): Edit[] {
    const { contents } = this.#document;
    if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) {
      throw new EditError('the file is not a map');
    }
    const root = isMap(contents) ? contents : undefined;
    const pair = root?.items.find((item) => keyText(item) === 'tools');
    if (pair === undefined) return [this.#newSection(kinds, root)];
    const tools = pair.value;
    if (tools === null || (isScalar(tools) && tools.value === null)) {
      return [this.#afterLine(pair, this.#entries(kinds, '  ', []))];
    }
    if (!isMap(tools)) throw new EditError('`tools` is not written as a map here');
    const existing = new Map(tools.items.map((item) => [keyText(item), item]));
    const known = [...kinds].filter(([name]) => existing.has(name));
    const fresh = new Map([...kinds].filter(([name]) => !existing.has(name)));
    const inside = known.map(([name, kind]) => this.#intoEntry(existing.get(name) as Pair, kind));
    return fresh.size === 0 ? inside : [this.#intoTools(pair, tools, fresh), ...inside];
  }

  /** `tools` as a new section at the end. */
  #newSection(kinds: ReadonlyMap<string, ToolKind>, root: YAMLMap | undefined): Edit {
    if (root?.flow === true) {
      const [start] = rangeOf(root) as readonly [number, number];
      const inner = [...kinds].map(([name, kind]) => `${JSON.stringify(name)}: { kind: ${kind} }`).join(', ');
      return { start: start + 1, end: start + 1, text: ` tools: { ${inner} }${root.items.length > 0 ? ',' : ''}` };
    }
    const marker = /^\.\.\.\s*$/m.exec(this.#text);
    const at = marker?.index ?? this.#text.length;
    const before = this.#text.slice(0, at);
    const gap = before === '' || before.endsWith('\n') ? '' : this.#eol;
    const text = `${gap}${before.trim() === '' ? '' : this.#eol}tools:${this.#eol}${this.#entries(kinds, '  ', [])}`;
    return { start: at, end: at, text };
  }

  /** New entries go first: the first one that matches a tool counts. */
  #intoTools(pair: Pair, tools: YAMLMap, kinds: ReadonlyMap<string, ToolKind>): Edit {
    const [start, end] = rangeOf(tools) as readonly [number, number];
    if (tools.flow === true) {
      const inner = [...kinds].map(([name, kind]) => {
        const more = this.#shadowed(tools, name).map(([key, value]) => `, ${key}: ${value}`);
        return `${JSON.stringify(name)}: { kind: ${kind}${more.join('')} }`;
      });
      const text = ` ${inner.join(', ')}${tools.items.length > 0 ? ',' : ' '}`;
      return { start: start + 1, end: tools.items.length > 0 ? start + 1 : end - 1, text };
    }
    const first = rangeOf(tools.items[0]?.key);
    const lineStart = this.#text.lastIndexOf('\n', (first?.[0] ?? start) - 1) + 1;
    const indent = this.#text.slice(lineStart, first?.[0] ?? start);
    if (indent.trim() !== '') throw new EditError('`tools` is not written as a map with one entry a line');
    return this.#afterLine(pair, this.#entries(kinds, indent, tools.items as Pair[]));
  }

  /** A kind for a tool that has an entry already. */
  #intoEntry({ key, value }: Pair, kind: ToolKind): Edit {
    const [keyStart, keyEnd] = rangeOf(key) as readonly [number, number];
    if (isMap(value) && value.flow === true) {
      const [start] = rangeOf(value) as readonly [number, number];
      return { start: start + 1, end: start + 1, text: ` kind: ${kind}${value.items.length > 0 ? ',' : ' '}` };
    }
    if (isMap(value)) {
      const [first] = rangeOf(value.items[0]?.key) as readonly [number, number];
      return { start: first, end: first, text: `kind: ${kind}${this.#eol}${this.#columnOf(first)}` };
    }
    if (value === null || (isScalar(value) && value.value === null)) {
      const colon = this.#text.indexOf(':', keyEnd) + 1;
      return { start: colon, end: colon, text: ` { kind: ${kind} }` };
    }
    throw new EditError(`the entry of ${this.#text.slice(keyStart, keyEnd)} is not written as a map here`);
  }

  #columnOf(offset: number): string {
    return ' '.repeat(offset - (this.#text.lastIndexOf('\n', offset - 1) + 1));
  }

  /** What a glob says of a tool, which a new entry in front of it would hide. */
  #shadowed(tools: YAMLMap, name: string): readonly (readonly [string, string])[] {
    const glob = tools.items.find((item) => globTest(keyText(item as Pair))(name));
    const value = glob?.value;
    if (!isMap(value)) return [];
    const members = value.items as Pair[];
    return members
      .filter((item) => keyText(item) !== 'kind')
      .map((item) => [
        keyText(item),
        JSON.stringify((item.value as { toJSON?: () => unknown } | null)?.toJSON?.() ?? null),
      ]);
  }

  #entries(kinds: ReadonlyMap<string, ToolKind>, indent: string, items: readonly Pair[]): string {
    const tools = { items } as unknown as YAMLMap;
    return [...kinds]
      .map(([name, kind]) => {
        const members = [['kind', kind] as const, ...this.#shadowed(tools, name)];
        const lines = members.map(([key, value]) => `${indent}${indent}${key}: ${value}${this.#eol}`);
        return `${indent}${keyOf(name)}:${this.#eol}${lines.join('')}`;
      })
      .join('');
  }

  /** Inserts lines after the line of a key. */
  #afterLine({ key }: Pair, lines: string): Edit {
    const [, end] = rangeOf(key) as readonly [number, number];
    const next = this.#text.indexOf('\n', end);
    const isLast = next === -1;
    const at = isLast ? this.#text.length : next + 1;
    return { start: at, end: at, text: isLast ? `${this.#eol}${lines}` : lines };
  }
}

/** The `tools` of a configuration as they are written; undefined if there are none. */
export const toolsIn = (text: string): unknown => {
  const { tools } = Object(parseDocument(text, { stringKeys: true, logLevel: 'error' }).toJS()) as { tools?: unknown };
  return tools ?? undefined;
};

/**
 * Puts the kinds of tools into the text of a healflow.yaml: comments, order and formatting stay. An entry of a tool that is
 * there already gets the kind; it must not have one. Settings of a glob that matches a new entry are repeated in it.
 *
 * @throws EditError if the text is written in a way that it cannot be edited.
 */
export const withToolKinds = (text: string, kinds: ReadonlyMap<string, ToolKind>): string => {
  const edits = new ToolsEditor(text).edits(kinds).sort((one, other) => other.start - one.start);
  return edits.reduce((all, { start, end, text: put }) => all.slice(0, start) + put + all.slice(end), text);
};
