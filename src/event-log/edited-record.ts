import type { parseDocument } from 'yaml';
import { isRecord } from '../text/is-record.ts';
import type { RawRecord } from './native-record.ts';

/** Reads a piece of a file as YAML; see `loadHandReader`. */
export type EditedRecordReader = (piece: string, key: string) => RawRecord[] | null;

const readWith =
  (parse: typeof parseDocument): EditedRecordReader =>
  (piece, key) => {
    try {
      const document = parse(piece, { logLevel: 'silent', stringKeys: true });
      if (document.errors.length > 0) return null;
      const content: unknown = document.toJS({ maxAliasCount: 0 });
      // Comments and empty lines alone.
      if (content === null) return [];
      // Something else that a person keeps in the file; indented, it is what is left of a record.
      if (isRecord(content) && !(key in content)) return /^\s/.test(piece) ? null : [];
      const list = isRecord(content) ? (content[key] ?? []) : content;
      return Array.isArray(list) && list.every(isRecord) ? list : null;
    } catch {
      return null;
    }
  };

/**
 * Loads the reader of pieces that are not in healflow's own form, such as those that a person edited; most logs have none,
 * and the YAML parser takes longer to load than many a log to read.
 *
 * It returns the records of a piece: of a list, or of the list under `key`; null if the piece is neither.
 */
export const loadHandReader = async (): Promise<EditedRecordReader> => readWith((await import('yaml')).parseDocument);

/** Why no YAML parser can read a whole file that a person has edited; null if any can. */
export const findYamlProblem = async (file: Buffer): Promise<string | null> => {
  const { parseDocument } = await import('yaml');
  const [error] = parseDocument(file.toString('utf8'), { logLevel: 'silent' }).errors;
  return error === undefined ? null : `edited by hand, and not valid YAML: ${error.message.split('\n')[0]}`;
};
