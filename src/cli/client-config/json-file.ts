import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { HealError } from '../../errors.ts';

/** A larger file is not a configuration. */
const maxBytes = 16 * 1024 * 1024;

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
  UnexpectedEndOfComment: 'an unterminated comment',
  UnexpectedEndOfString: 'an unterminated string',
  UnexpectedEndOfNumber: 'an incomplete number',
  InvalidUnicode: 'an invalid \\u escape',
  InvalidEscapeCharacter: 'an invalid escape',
  InvalidCharacter: 'an invalid character',
};

/** A replacement of a range of text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A JSON file, possibly with comments, with the position of each of its values. */
export class JsonFile {
  readonly name: string;
  readonly text: string;
  readonly root: Node;

  constructor(name: string, text: string, root: Node) {
    this.name = name;
    this.text = text;
    this.root = root;
  }

  /** Returns the file name with line and column, both from 1. */
  placeOf(offset: number): string {
    return `${this.name}:${lineAndColumn(this.text, offset)}`;
  }

  /** The line ending of this file. */
  get eol(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** One level of indentation, taken from the first indented line. */
  get indent(): string {
    return /^([ \t]+)\S/m.exec(this.text)?.[1] ?? '  ';
  }

  /** Returns the indentation of the line at this offset. */
  indentAt(offset: number): string {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start, offset))?.[0] ?? '';
  }

  /** Returns the value of this key of an object; undefined if there is none. */
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

  /** Returns the text with these edits applied; they must not overlap. */
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

/** Returns the keys of an object with their values, in order. */
export const membersOf = (node: Node | undefined): readonly { readonly key: string; readonly value: Node }[] =>
  (node?.type === 'object' ? (node.children ?? []) : []).flatMap(({ children }) =>
    children?.[1] === undefined ? [] : [{ key: String(children[0]?.value), value: children[1] }],
  );

/** Returns the value of a node. Keys such as `__proto__` are treated like any other key. */
export const plainValue = (node: Node): unknown => {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type === 'object')
    return Object.fromEntries(membersOf(node).map(({ key, value }) => [key, plainValue(value)]));
  return node.value;
};

/** Returns the first key that occurs twice in its object; undefined if there is none. */
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
    // Keeps a byte order mark, so that the file changes only where it is edited.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HealError('CONFIG_INVALID', `${name} is not UTF-8 text; nothing was changed`);
  }
};

const firstError = (errors: readonly ParseError[]): ParseError | undefined => errors[0];

/**
 * Reads a JSON file of a client: comments and trailing commas are allowed.
 *
 * @throws HealError `CONFIG_INVALID`, with line and column, if it is not valid JSON or an object has a duplicate key.
 */
export const readJsonFile = (name: string, bytes: Uint8Array): JsonFile => {
  const refuse = (place: string, reason: string): HealError =>
    new HealError('CONFIG_INVALID', `${place}: ${reason}; nothing was changed`);
  if (bytes.length > maxBytes)
    throw refuse(name, `it is too large for a configuration (${bytes.length} bytes, at most ${maxBytes})`);
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
    if (twice !== undefined) throw refuse(file.placeOf(twice.offset), `duplicate key ${JSON.stringify(twice.value)}`);
    return file;
  } catch (error) {
    if (error instanceof RangeError) throw refuse(name, 'it is nested too deeply');
    throw error;
  }
};
