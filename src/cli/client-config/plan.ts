import type { Node } from 'jsonc-parser';
import { isRecord } from '../../text/is-record.ts';
import { entryEdits } from './edit.ts';
import { type Entry, isSameEntry, isWrapped, unwrapEntry, type WrapOptions, wrapEntry } from './entry.ts';
import { type JsonFile, membersOf, plainValue, type TextEdit } from './json-file.ts';

/** The plan for one server of a file. */
export interface Change {
  readonly server: string;
  readonly path: readonly string[];
  /** Null if it is left unchanged. */
  readonly change: { readonly before: Entry; readonly after: Entry } | null;
  /** Why it is left unchanged. */
  readonly left?: string;
}

/** The plan for a file. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly text: string;
}

interface Found {
  readonly server: string;
  readonly path: readonly string[];
  readonly node: Node;
}

/** Returns the servers of a file, or only those with these names. */
const serversOf = (
  file: JsonFile,
  places: readonly (readonly string[])[],
  names: readonly string[],
): readonly Found[] =>
  places.flatMap((place) =>
    membersOf(file.at(place))
      .filter(({ key }) => names.length === 0 || names.includes(key))
      .map(({ key, value }) => ({ server: key, path: [...place, key], node: value })),
  );

const planEach = (
  file: JsonFile,
  found: readonly Found[],
  changeOf: (found: Found) => Change & { readonly edits?: readonly TextEdit[] },
): Plan => {
  const all = found.map(changeOf);
  return {
    changes: all.map(({ edits: _, ...change }) => change),
    text: file.edited(all.flatMap(({ edits = [] }) => edits)),
  };
};

export interface PlanOptions {
  readonly places: readonly (readonly string[])[];
  /** The requested servers; all if empty. */
  readonly names: readonly string[];
  /** The path of this program. */
  readonly own: string;
}

/** Plans how to wrap the servers of a file. */
export const planWrapping = (
  file: JsonFile,
  { places, names, own }: PlanOptions,
  wrap: Omit<WrapOptions, 'named'>,
): Plan =>
  planEach(file, serversOf(file, places, names), ({ server, path, node }) => {
    const before = plainValue(node);
    if (isRecord(before) && isWrapped(before, own)) {
      return { server, path, change: null, left: 'already wrapped by healflow' };
    }
    const wrapped = wrapEntry(before, { ...wrap, named: names.includes(server) });
    if ('left' in wrapped) return { server, path, change: null, left: wrapped.left };
    const change = { before: before as Entry, after: wrapped.entry };
    return { server, path, change, edits: entryEdits(file, node, change.before, change.after) };
  });

/** Returns an entry of the backup and its text; undefined if it is missing or was already wrapped there. */
const originalOf = (backup: JsonFile | undefined, path: readonly string[]) => {
  const node = backup?.at(path);
  const entry = node && plainValue(node);
  return backup === undefined || node === undefined || !isRecord(entry)
    ? undefined
    : { entry, text: backup.textOf(node) };
};

/**
 * Plans how to unwrap the servers of a file.
 *
 * An entry that has not changed since gets its original text, so a file without other changes is restored byte for
 * byte. In a changed entry, only healflow's part is removed.
 *
 * @param onlyKnown Skips servers that are not in the backup.
 */
export const planUnwrapping = (
  file: JsonFile,
  { places, names, own }: PlanOptions,
  backup: JsonFile | undefined,
  onlyKnown = false,
): Plan =>
  planEach(file, serversOf(file, places, names), ({ server, path, node }) => {
    const before = plainValue(node);
    if (!isRecord(before) || !isWrapped(before, own)) {
      return { server, path, change: null, left: 'it is not wrapped by healflow' };
    }
    const original = originalOf(backup, path);
    if (original !== undefined && isWrapped(original.entry, own)) {
      return { server, path, change: null, left: 'it was already wrapped when the backup was made' };
    }
    const plain = onlyKnown && original === undefined ? undefined : unwrapEntry(before, own);
    if (plain === undefined) {
      return { server, path, change: null, left: 'its original command is unknown' };
    }
    if (original !== undefined && isSameEntry(plain, original.entry)) {
      const edit = { start: node.offset, end: node.offset + node.length, text: original.text };
      return { server, path, change: { before, after: original.entry }, edits: [edit] };
    }
    return { server, path, change: { before, after: plain }, edits: entryEdits(file, node, before, plain) };
  });
