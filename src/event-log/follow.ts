import type { Clock } from '../model/clock.ts';
import { sleep } from '../platform/wait.ts';
import type { HealingEvent } from './event.ts';
import { Tail } from './file-tail.ts';
import { eventSeries, liveFile, rotatedFile, rotatedNumbersIfAny } from './log-files.ts';
import { inodeAt, openRegular } from './open-files.ts';
import type { ReadOptions } from './read.ts';

export interface FollowOptions extends ReadOptions {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How often the files are looked at. @default 200 */
  readonly pollMs?: number | undefined;
}

/** What was written since the last look. */
export interface Followed {
  readonly events: readonly HealingEvent[];
  /** Whether everything that was there when it began has been given. */
  readonly caughtUp: boolean;
}

/** Number of polls without new bytes after which a rotated file counts as finished. */
const maxIdlePolls = 25;

interface Place {
  readonly path: string;
  readonly inode: bigint;
  readonly live: boolean;
}

/** The files that there are now, the oldest first. The live one is looked at before the others are listed. */
const placesIn = async (memoryDir: string): Promise<readonly Place[]> => {
  const series = eventSeries(memoryDir);
  const live = await inodeAt(liveFile(series));
  const places: Place[] = [];
  for (const number of rotatedNumbersIfAny(series)) {
    const path = rotatedFile(series, number);
    const inode = await inodeAt(path);
    if (inode !== undefined && inode !== live) places.push({ path, inode, live: false });
  }
  return live === undefined ? places : [...places, { path: liveFile(series), inode: live, live: true }];
};

/** Follows the files of a log by what they are, not by their names: rotation renames them. */
class Follower {
  readonly #memoryDir: string;
  readonly #onDamage: NonNullable<ReadOptions['onDamage']>;
  readonly #tails = new Map<bigint, Tail>();
  readonly #finished = new Set<bigint>();
  #live: bigint | undefined;
  #last = '';

  constructor(memoryDir: string, onDamage: NonNullable<ReadOptions['onDamage']>) {
    this.#memoryDir = memoryDir;
    this.#onDamage = onDamage;
  }

  /** Whether a record may still be half read. */
  get isPending(): boolean {
    return [...this.#tails.values()].some((tail) => tail.isPending);
  }

  async *look(): AsyncGenerator<HealingEvent[]> {
    const places = await placesIn(this.#memoryDir);
    const there = new Set(places.map(({ inode }) => inode));
    for (const inode of this.#finished) if (!there.has(inode)) this.#finished.delete(inode);
    // Where the live file has another one in its place without having been rotated, somebody has edited or removed it.
    const replaced = this.#live !== undefined && !there.has(this.#live);
    for (const [inode, tail] of [...this.#tails]) {
      if (there.has(inode)) continue;
      yield* this.#read(tail);
      await this.#end(inode, tail);
    }
    for (const place of places) {
      if (this.#finished.has(place.inode)) continue;
      const tail = this.#tails.get(place.inode) ?? (await this.#begin(place, replaced));
      if (tail === undefined) continue;
      if (place.live) this.#live = place.inode;
      yield* this.#read(tail);
      if (!place.live && tail.idlePolls >= maxIdlePolls) {
        await this.#end(place.inode, tail);
        this.#finished.add(place.inode);
      }
    }
  }

  async close(): Promise<void> {
    for (const [inode, tail] of [...this.#tails]) await this.#end(inode, tail);
  }

  async #begin({ path, inode, live }: Place, replaced: boolean): Promise<Tail | undefined> {
    const handle = await openRegular(path);
    if (handle === undefined) return undefined;
    const tail = new Tail(path, handle, this.#onDamage, live && replaced ? this.#last : '');
    // It was rotated between the two looks, and is seen under its new name the next time.
    if ((await tail.inode()) === inode) this.#tails.set(inode, tail);
    else await handle.close();
    return this.#tails.get(inode);
  }

  async *#read(tail: Tail): AsyncGenerator<HealingEvent[]> {
    for await (const events of tail.read(this.#last)) {
      for (const { timestamp } of events) if (timestamp > this.#last) this.#last = timestamp;
      if (events.length > 0) yield events;
    }
  }

  async #end(inode: bigint, tail: Tail): Promise<void> {
    this.#tails.delete(inode);
    await tail.close();
  }
}

/**
 * Reads the log of a memory folder and goes on with each record that is written, until the signal aborts. Rotation, a log
 * that begins only later, and one that is emptied are survived; nothing is given twice.
 *
 * Throws if a file cannot be read.
 */
export async function* followEvents(memoryDir: string, options: FollowOptions): AsyncGenerator<Followed> {
  const { clock, signal, pollMs = 200, onDamage = () => {} } = options;
  const follower = new Follower(memoryDir, onDamage);
  let caughtUp = false;
  try {
    while (!signal.aborted) {
      for await (const events of follower.look()) yield { events, caughtUp };
      if (!caughtUp && !follower.isPending) {
        caughtUp = true;
        yield { events: [], caughtUp };
      }
      await sleep(clock, pollMs, signal);
    }
  } finally {
    await follower.close();
  }
}
