import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { HealError } from '../../errors.ts';

/** Longer files are no configuration. */
const mostBytes = 16 * 1024 * 1024;

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'an invalid word',
  InvalidNumberFormat: 'an invalid number',
  PropertyNameExpected: 'a key in double quotes was expected',
  ValueExpected: 'a value was expected',
  ColonExpected: 'a colon was expected',
  CommaExpected: 'a comma was expected',
  CloseBraceExpected: 'a closing brace was expected',
  CloseBracketExpected: 'a closing bracket was expected',
  EndOfFileExpected: 'the end of the file was expected',
  UnexpectedEndOfComment: 'a comment that never ends',
  UnexpectedEndOfString: 'a text that never ends',
  UnexpectedEndOfNumber: 'a number that never ends',
  InvalidUnicode: 'an invalid \\u escape',
  InvalidEscapeCharacter: 'an invalid escape',
  InvalidCharacter: 'an invalid character',
};

/** A piece of text put in the place of another. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A JSON file, comments allowed, with the place of each of its values. */
export class JsonFile {
  readonly name: string;
  readonly text: string;
  readonly root: Node;

  constructor(name: string, text: string, root: Node) {
    this.name = name;
    this.text = text;
    this.root = root;
  }

  /** The line and the column of a place, from 1. */
  placeOf(offset: number): string {
    return `${this.name}:${lineAndColumn(this.text, offset)}`;
  }

  /** How a line ends in this file. */
  get eol(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** One step of indentation, as the first line has it that is indented. */
  get indent(): string {
    return /^([ \t]+)\S/m.exec(this.text)?.[1] ?? '  ';
  }

  /** The blanks that the line of a place begins with. */
  indentAt(offset: number): string {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start, offset))?.[0] ?? '';
  }

  /** The member of an object with this key; undefined if there is none. */
  member(object: Node | undefined, key: string): Node | undefined {
    if (object?.type !== 'object') return undefined;
    return object.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
  }

  at(path: readonly string[]): Node | undefined {
    return path.reduce<Node | undefined>((node, key) => this.member(node, key), this.root);
  }

  textOf({ offset, length }: Node): string {
    return this.text.slice(offset, offset + length);
  }

  /** The text with these pieces replaced; none of them may overlap another. */
  edited(edits: readonly TextEdit[]): string {
    return [...edits]
      .sort((a, b) => b.start - a.start)
      .reduce((text, { start, end, text: piece }) => text.slice(0, start) + piece + text.slice(end), this.text);
  }
}

const lineAndColumn = (text: string, offset: number): string => {
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
};

/** The keys of an object and what stands under them, in order. */
export const membersOf = (node: Node | undefined): readonly { readonly key: string; readonly value: Node }[] =>
  (node?.type === 'object' ? (node.children ?? []) : []).flatMap(({ children }) =>
    children?.[1] === undefined ? [] : [{ key: String(children[0]?.value), value: children[1] }],
  );

/** The value of a node. Keys such as `__proto__` are keys as any other. */
export const plainValue = (node: Node): unknown => {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type === 'object')
    return Object.fromEntries(membersOf(node).map(({ key, value }) => [key, plainValue(value)]));
  return node.value;
};

/** Where a key stands that its object has already; undefined if all are told apart. */
const keyTwice = (node: Node): Node | undefined => {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key = node.type === 'object' ? child.children?.[0] : undefined;
    if (key !== undefined && seen.has(key.value)) return key;
    seen.add(key?.value);
    const deeper = keyTwice(child);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
};

const decode = (name: string, bytes: Uint8Array): string => {
  try {
    // A mark of the byte order stays where it is: the file must not change where nobody asked for it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HealError('CONFIG_INVALID', `${name} is not UTF-8 text; nothing was changed`);
  }
};

const firstError = (errors: readonly ParseError[]): ParseError | undefined => errors[0];

/**
 * Reads a JSON file as clients write it: comments and commas after the last member are allowed.
 *
 * @throws HealError `CONFIG_INVALID`, with line and column, where it is no JSON, or a key stands twice in an object.
 */
export const readJsonFile = (name: string, bytes: Uint8Array): JsonFile => {
  const refuse = (place: string, reason: string): HealError =>
    new HealError('CONFIG_INVALID', `${place}: ${reason}; nothing was changed`);
  if (bytes.length > mostBytes) throw refuse(name, `${bytes.length} bytes are more than a configuration has`);
  const text = decode(name, bytes);
  const errors: ParseError[] = [];
  const skipped = text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
  try {
    const root = parseTree(skipped, errors, { allowTrailingComma: true });
    const error = firstError(errors);
    if (error !== undefined || root === undefined) {
      const code = error === undefined ? 'ValueExpected' : printParseErrorCode(error.error);
      throw refuse(`${name}:${lineAndColumn(text, error?.offset ?? 0)}`, messages[code] ?? code);
    }
    const file = new JsonFile(name, text, root);
    const twice = keyTwice(root);
    if (twice !== undefined) throw refuse(file.placeOf(twice.offset), `${JSON.stringify(twice.value)} stands twice`);
    return file;
  } catch (error) {
    if (error instanceof RangeError) throw refuse(name, 'it is nested too deeply');
    throw error;
  }
};
