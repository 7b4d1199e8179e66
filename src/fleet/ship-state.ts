import type { ReadPosition } from '../event-log/read-on.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { isRecord } from '../text/is-record.ts';

/** How far a log has been copied, as this machine knows it; the database has the last word. */
export interface ShipState {
  /** The number of the last batch; 0 if there is none. */
  readonly revision: number;
  readonly positions: readonly ReadPosition[];
  /** When to try again after the database was lost, in ms since the epoch; null if it was not. */
  readonly retryAt: number | null;
  /** The number of failures in a row. */
  readonly failures: number;
}

export const nothingShipped: ShipState = { revision: 0, positions: [], retryAt: null, failures: 0 };

const maxBytes = 1_048_576;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The positions in a value that came from elsewhere; what is damaged is left out, so that it is read again. */
export const positionsIn = (value: unknown): ReadPosition[] =>
  (Array.isArray(value) ? value : []).filter(
    (position): position is ReadPosition =>
      isRecord(position) &&
      typeof position.file === 'string' &&
      isCount(position.offset) &&
      typeof position.head === 'string',
  );

/** Reads the state; nothing is shipped if there is none, or if it is damaged. */
export const readShipState = (path: string): ShipState => {
  try {
    const value: unknown = JSON.parse(readRegularFile(path, maxBytes).text ?? '');
    if (!isRecord(value) || !isCount(value.revision)) return nothingShipped;
    const { revision, positions, retryAt, failures } = value;
    return {
      revision,
      positions: positionsIn(positions),
      retryAt: typeof retryAt === 'number' ? retryAt : null,
      failures: isCount(failures) ? failures : 0,
    };
  } catch {
    return nothingShipped;
  }
};

export const writeShipState = (path: string, state: ShipState, id: string): Promise<void> =>
  replaceFileUnsynced(path, `${JSON.stringify(state)}\n`, id);
