import type { Node } from 'jsonc-parser';
import type { Entry } from './entry.ts';
import type { JsonFile, TextEdit } from './json-file.ts';

const isOnOneLine = (text: string): boolean => !/\n/.test(text);

/** Formats a value as JSON in the style of the node that it replaces. */
const written = (file: JsonFile, value: unknown, { offset }: Node, oneLine: boolean): string => {
  const text = JSON.stringify(value, null, file.indent);
  return oneLine ? text.replace(/\n\s*/g, ' ') : text.replaceAll('\n', `${file.eol}${file.indentAt(offset)}`);
};

const replace = (file: JsonFile, node: Node, value: unknown, oneLine = isOnOneLine(file.textOf(node))): TextEdit => ({
  start: node.offset,
  end: node.offset + node.length,
  text: written(file, value, node, oneLine),
});

/** Inserts values before the first element of a list, laid out like that element. */
const insertBefore = (file: JsonFile, list: Node, first: Node, words: readonly unknown[]): TextEdit => {
  const lead = file.text.slice(list.offset + 1, first.offset);
  const between = isOnOneLine(lead) ? ' ' : `${file.eol}${file.indentAt(first.offset)}`;
  const text = words.map((word) => `${JSON.stringify(word)},${between}`).join('');
  return { start: first.offset, end: first.offset, text };
};

const sameAt = (a: readonly unknown[], b: readonly unknown[], shift: number): boolean =>
  b.every((word, at) => word === a[at + shift]);

const editArgs = (file: JsonFile, list: Node, before: readonly unknown[], after: readonly unknown[]): TextEdit => {
  const items = list.children ?? [];
  const [first] = items;
  const added = after.length - before.length;
  if (first !== undefined && added > 0 && sameAt(after, before, added)) {
    return insertBefore(file, list, first, after.slice(0, added));
  }
  const kept = items[-added];
  if (first !== undefined && kept !== undefined && added < 0 && sameAt(before, after, -added)) {
    return { start: first.offset, end: kept.offset, text: '' };
  }
  return replace(file, list, after);
};

const addArgs = (file: JsonFile, command: Node, args: readonly unknown[]): TextEdit => {
  const end = command.offset + command.length;
  const own = file.text.slice(file.text.lastIndexOf('\n', command.offset) + 1, command.parent?.offset ?? 0);
  const between = own.trim() === '' ? `${file.eol}${file.indentAt(command.offset)}` : ' ';
  return { start: end, end, text: `,${between}"args": ${written(file, args, command, between === ' ')}` };
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * Returns the smallest edits that turn one entry into another. If only the command and its arguments differ, the rest
 * of the entry keeps its formatting and comments.
 */
export const entryEdits = (file: JsonFile, node: Node, before: Entry, after: Entry): TextEdit[] => {
  const command = file.member(node, 'command');
  if (command === undefined || typeof after.command !== 'string') return [replace(file, node, after)];
  const edits = [replace(file, command, after.command)];
  const list = file.member(node, 'args');
  if (list !== undefined && isList(after.args)) {
    edits.push(editArgs(file, list, isList(before.args) ? before.args : [], after.args));
  } else if (isList(after.args)) edits.push(addArgs(file, command, after.args));
  return edits;
};
