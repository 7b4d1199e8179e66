import { systemClock } from '../clock.ts';
import { HealError } from '../errors.ts';
import { followEvents, type HealingEvent, readEventBatches, readLast } from '../event-log/index.ts';
import type { Clock } from '../model/clock.ts';
import { printableJson } from '../text/sanitize.ts';
import { endSignals } from './end-signals.ts';
import { type Io, type Output, outputTo, processIo } from './io.ts';
import { type LogFilterOptions, logFilter } from './log-filter.ts';
import { type MemoryReadingOptions, readMemory } from './log-reading.ts';
import { repairLogFiles } from './log-repair.ts';
import { rowOf, titleRow } from './log-row.ts';

export interface LogOptions extends MemoryReadingOptions, LogFilterOptions {
  readonly json?: boolean | undefined;
  /** Maximum number of events to show, the newest ones. @default all; 10 with `follow` */
  readonly lines?: string | undefined;
  /** Keep showing events as they are written. */
  readonly follow?: boolean | undefined;
  /** Show nothing, but set aside what keeps YAML parsers from reading the log. */
  readonly repair?: boolean | undefined;
}

/** Overrides for tests. */
export interface LogWorld {
  readonly clock: Clock;
  /** Stops following. @default Ctrl-C */
  readonly stop?: AbortSignal | undefined;
}

const maxLines = 100_000;
const defaultFollowLines = 10;

const lineCount = ({ lines, follow }: LogOptions): number => {
  if (lines === undefined) return follow === true ? defaultFollowLines : Number.POSITIVE_INFINITY;
  if (/^\d{1,6}$/.test(lines) && Number(lines) <= maxLines) return Number(lines);
  throw new HealError('CONFIG_INVALID', `-n ${JSON.stringify(lines)} is not a number from 0 to ${maxLines}`);
};

/** Writes the titles, then events as they arrive; with a maximum number, only the newest of the past events. */
class Rows {
  readonly #output: Output;
  readonly #io: Io;
  readonly #json: boolean;
  readonly #max: number;
  #kept: HealingEvent[] = [];
  #hasTitles = false;

  constructor(io: Io, { json }: LogOptions, max: number) {
    this.#io = io;
    this.#output = outputTo(io.stdout);
    this.#json = json === true;
    this.#max = max;
  }

  /** Adds a past event. Resolves with false once the reader has closed the stream. */
  async past(events: readonly HealingEvent[]): Promise<boolean> {
    if (this.#max === Number.POSITIVE_INFINITY) return this.write(events);
    for (const event of events) this.#kept.push(event);
    if (this.#kept.length > this.#max * 2 + 1_000) this.#kept = this.#last();
    return true;
  }

  /** Writes the buffered past events. */
  async present(): Promise<boolean> {
    const kept = this.#last();
    this.#kept = [];
    return this.write(kept);
  }

  async write(events: readonly HealingEvent[]): Promise<boolean> {
    if (events.length === 0) return true;
    const rows = this.#json
      ? events.map((event) => `${printableJson(JSON.stringify(event))}\n`)
      : events.map((event) => rowOf(event, this.#io));
    if (!this.#hasTitles && !this.#json) rows.unshift(titleRow);
    this.#hasTitles = true;
    return this.#output.write(rows.join(''));
  }

  end(): Promise<void> {
    return this.#output.end();
  }

  #last(): HealingEvent[] {
    return this.#max === 0 ? [] : this.#kept.slice(-this.#max);
  }
}

/**
 * Shows the events of the log, oldest first, as a table or as JSON Lines.
 *
 * With `repair` it sets damaged records aside instead.
 *
 * Resolves with the exit code; with `follow`, once Ctrl-C is pressed or the reader has closed the stream.
 *
 * @throws HealError `CONFIG_INVALID` if an option is invalid.
 */
export const log = async (
  options: LogOptions,
  io: Io = processIo(),
  { clock, stop }: LogWorld = { clock: systemClock },
): Promise<number> => {
  if (options.repair === true) return repairLogFiles(options, io);
  const isShown = logFilter(options, clock.now());
  const most = lineCount(options);
  const rows = new Rows(io, options, most);
  return readMemory(options, io, async (memoryDir, onDamage) => {
    if (options.follow !== true) {
      const last = most === Number.POSITIVE_INFINITY ? null : await readLast(memoryDir, most, isShown);
      if (last !== null) {
        if (await rows.write(last)) await rows.end();
        return;
      }
      for await (const batch of readEventBatches(memoryDir, { onDamage })) {
        if (!(await rows.past(batch.filter(isShown)))) return;
      }
      if (await rows.present()) await rows.end();
      return;
    }
    const signals = stop === undefined ? endSignals() : undefined;
    const signal = stop ?? (signals as NonNullable<typeof signals>).first;
    let isPast = true;
    try {
      for await (const { events, caughtUp } of followEvents(memoryDir, { clock, signal, onDamage })) {
        const shown = events.filter(isShown);
        if (isPast && caughtUp && !(await rows.present())) return;
        isPast &&= !caughtUp;
        if (!(await (isPast ? rows.past(shown) : rows.write(shown)))) return;
      }
    } finally {
      signals?.ignore();
    }
  });
};
