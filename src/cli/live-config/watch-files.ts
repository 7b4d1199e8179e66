import { statSync } from 'node:fs';
import type { Clock } from '../../model/clock.ts';
import { fileStamp } from '../../platform/fs.ts';

/** What the files look like, by path. Follows links, as the target may be replaced. */
export type Stamps = ReadonlyMap<string, string>;

export const stampsOf = (paths: readonly string[]): Stamps =>
  new Map(paths.map((path) => [path, fileStamp(path, statSync)]));

const isSame = (one: Stamps, other: Stamps): boolean =>
  one.size === other.size && [...one].every(([path, stamp]) => other.get(path) === stamp);

export interface WatchOptions {
  /** The files; they may be other ones after a change. */
  readonly paths: () => readonly string[];
  /** What the files looked like when they were read. */
  readonly read: Stamps;
  readonly clock: Clock;
  /** Time between two looks, in ms. */
  readonly everyMs: number;
  /** Called when files have changed and stay as they are for one interval: a file is not read while it is being written. */
  readonly onChange: () => Promise<void>;
}

/** Watches files, also if they are replaced, missing or behind a link. Returns what ends it. */
export const watchFiles = ({ paths, read, clock, everyMs, onChange }: WatchOptions): (() => void) => {
  let known = new Map(read);
  let last: Stamps = read;
  let isOver = false;
  let timer: unknown;
  const look = async (): Promise<void> => {
    const now = stampsOf(paths());
    for (const [path, stamp] of now) if (!known.has(path)) known.set(path, stamp);
    for (const path of known.keys()) if (!now.has(path)) known.delete(path);
    if (!isSame(now, known) && isSame(now, last)) {
      known = new Map(now);
      await onChange();
    }
    last = now;
    if (!isOver) timer = clock.setTimeout(next, everyMs);
  };
  const next = (): void => void look();
  timer = clock.setTimeout(next, everyMs);
  return () => {
    isOver = true;
    clock.clearTimeout(timer);
  };
};
