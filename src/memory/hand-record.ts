import { parseDocument } from 'yaml';
import type { RawRecord } from './own-record.ts';

const isObject = (value: unknown): value is RawRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a piece of a file that is not in healflow's own form, such as one that a person edited, as YAML.
 *
 * Returns its records: of a list, or of the list under `key`; null where the piece is neither.
 */
export const readByHand = (piece: string, key: string): RawRecord[] | null => {
  try {
    const document = parseDocument(piece, { logLevel: 'silent', stringKeys: true });
    if (document.errors.length > 0) return null;
    const content: unknown = document.toJS({ maxAliasCount: 0 });
    // Comments and empty lines alone.
    if (content === null) return [];
    // Something else that a person keeps in the file; indented, it is what is left of a record.
    if (isObject(content) && !(key in content)) return /^\s/.test(piece) ? null : [];
    const list = isObject(content) ? (content[key] ?? []) : content;
    return Array.isArray(list) && list.every(isObject) ? list : null;
  } catch {
    return null;
  }
};
