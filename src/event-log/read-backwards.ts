import type { FileHandle } from 'node:fs/promises';
import type { HealingEvent } from './event.ts';
import { eventSeries, liveFile, rotatedFile, rotatedNumbersIfAny } from './log-files.ts';
import { recordStart } from './native-record.ts';
import { inodeAt, openRegular } from './open-files.ts';
import { Splitter } from './record-splitter.ts';
import { toEvent } from './validate-record.ts';

/** A place in a log, from which the older events are read. */
export interface LogPlace {
  /** The inode of its file, which rotation does not change. */
  readonly file: string;
  /** In bytes from the beginning of the file. */
  readonly offset: number;
}

/** A piece of a log. */
export interface LogPiece {
  /** The events of it, the newest first. */
  readonly events: readonly HealingEvent[];
  /** Where the next older piece ends; null if there is none. */
  readonly next: LogPlace | null;
  /** Whether a part of it could not be read. */
  readonly isDamaged: boolean;
}

const pieceBytes = 256 * 1024;
/** A piece without the beginning of a record is looked through up to here, and then passed over. */
const maxPieceBytes = 4 * pieceBytes;

interface Found {
  readonly path: string;
  readonly file: string;
}

/** The files of the log, the newest first. */
const filesOf = async (memoryDir: string): Promise<readonly Found[]> => {
  const series = eventSeries(memoryDir);
  const rotated = rotatedNumbersIfAny(series).map((number) => rotatedFile(series, number));
  const found: Found[] = [];
  for (const path of [liveFile(series), ...rotated.reverse()]) {
    const inode = await inodeAt(path);
    const file = inode === undefined ? undefined : String(inode);
    if (file !== undefined && !found.some((other) => other.file === file)) found.push({ path, file });
  }
  return found;
};

/** The text from the beginning of the first record in a window to the window's end, and where it begins; null if none does. */
const readWindow = async (handle: FileHandle, end: number): Promise<{ text: string | null; begin: number }> => {
  for (let size = pieceBytes; ; size *= 2) {
    const from = Math.max(0, end - size);
    const bytes = Buffer.alloc(end - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    if (from === 0) return { text: bytes.toString('utf8', 0, bytesRead), begin: 0 };
    const at = bytes.indexOf(`\n${recordStart}`);
    if (at !== -1) return { text: bytes.toString('utf8', at + 1, bytesRead), begin: from + at + 1 };
    if (size >= maxPieceBytes) return { text: null, begin: from };
  }
};

/**
 * Reads a log from its end, piece by piece, and never holds more than one of them.
 *
 * @param place Where the piece ends; the end of the log where it is not given.
 */
export const readBackwards = async (memoryDir: string, place?: LogPlace): Promise<LogPiece> => {
  const files = await filesOf(memoryDir);
  const at = place === undefined ? 0 : files.findIndex(({ file }) => file === place.file);
  const found = files[at];
  if (found === undefined) return { events: [], next: null, isDamaged: false };
  const handle = await openRegular(found.path);
  if (handle === undefined) return { events: [], next: null, isDamaged: false };
  try {
    const { size } = await handle.stat();
    const { text, begin } = await readWindow(handle, Math.min(place?.offset ?? size, size));
    let isDamaged = text === null;
    const splitter = new Splitter(found.path, eventSeries(memoryDir).key, toEvent, () => {
      isDamaged = true;
    });
    const events = (await splitter.push(text ?? '', true)).reverse();
    if (begin > 0) return { events, next: { file: found.file, offset: begin }, isDamaged };
    const older = files[at + 1];
    const next = older === undefined ? null : { file: older.file, offset: Number.MAX_SAFE_INTEGER };
    return { events, next, isDamaged };
  } finally {
    await handle.close();
  }
};

/**
 * The last events of a log that are wanted, the oldest first, without reading more of it than holds them.
 *
 * Resolves with null if something on the way cannot be read: only a reader of the whole log knows the line.
 */
export const readLast = async (
  memoryDir: string,
  most: number,
  isWanted: (event: HealingEvent) => boolean,
): Promise<readonly HealingEvent[] | null> => {
  const last: HealingEvent[] = [];
  let place: LogPlace | undefined;
  while (last.length < most) {
    const { events, next, isDamaged } = await readBackwards(memoryDir, place);
    if (isDamaged) return null;
    for (const event of events) if (last.length < most && isWanted(event)) last.push(event);
    if (next === null) break;
    place = next;
  }
  return last.reverse();
};
