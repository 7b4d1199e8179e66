import type { FixTally, OverTime } from '../event-log/index.ts';
import { printable } from '../text/sanitize.ts';

/** The style of plots. */
export interface PlotStyle {
  /** Maximum characters per line. */
  readonly width: number;
  readonly coloured: boolean;
}

const levels = ' ▁▂▃▄▅▆▇█';
const eighths = ' ▏▎▍▌▋▊▉';
const full = '█';

const outcomes = ['healed', 'failed', 'unknown'] as const;
/** ANSI colour codes: green, red, yellow. */
const colours = { healed: 32, failed: 31, unknown: 33 } as const;
const nameWidth = Math.max(...outcomes.map((outcome) => outcome.length));

const paint = (text: string, colour: number, { coloured }: PlotStyle): string =>
  coloured && text.trim() !== '' ? `\u001b[${colour}m${text}\u001b[39m` : text;

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

const spanText = (ms: number): string => {
  if (ms < hour) return `${ms / minute} min`;
  return ms < day ? `${ms / hour} h` : `${ms / day} d`;
};

const dayOf = (t: number): string => `${new Date(t).toISOString().slice(0, 16).replace('T', ' ')}`;

/** The usual widths of a column; longer ones are whole weeks. */
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7].map((count) => count * day),
];

/** Merges buckets into columns until they fit. */
const columnsOf = ({ bucketMs, buckets }: OverTime, most: number) => {
  const begin = buckets[0]?.t ?? 0;
  const end = (buckets.at(-1)?.t ?? begin) + bucketMs;
  // Columns start at round times, which may need one more column.
  const least = Math.max(bucketMs, (end - begin) / (most - 1));
  const columnMs = steps.find((step) => step >= least) ?? Math.ceil(least / (7 * day)) * 7 * day;
  const first = Math.floor(begin / columnMs) * columnMs;
  const count = Math.ceil((end - first) / columnMs);
  const columns = Array.from({ length: count }, () => ({ healed: 0, failed: 0, unknown: 0 }));
  for (const bucket of buckets) {
    const column = columns[Math.floor((bucket.t - first) / columnMs)];
    if (column !== undefined) for (const outcome of outcomes) column[outcome] += bucket[outcome];
  }
  return { first, columnMs, columns };
};

/** Any count above zero is visible. */
const levelOf = (count: number, most: number): string =>
  levels[count === 0 ? 0 : Math.max(1, Math.round((count / most) * (levels.length - 1)))] ?? full;

/** Plots the outcomes of runs over time, one line per outcome, all to one scale; empty if there is nothing to plot. */
export const plotOverTime = (overTime: OverTime, style: PlotStyle): string => {
  const room = style.width - nameWidth - 4;
  if (overTime.buckets.length === 0 || room < 10) return '';
  const { first, columnMs, columns } = columnsOf(overTime, room);
  // A single point in time has no trend.
  if (columns.length < 2) return '';
  const most = Math.max(...columns.flatMap((column) => outcomes.map((outcome) => column[outcome])));
  const rows = outcomes
    .filter((outcome) => columns.some((column) => column[outcome] > 0))
    .map((outcome) => {
      const line = columns.map((column) => levelOf(column[outcome], most)).join('');
      return `  ${outcome.padEnd(nameWidth)}  ${paint(line, colours[outcome], style)}`.trimEnd();
    });
  const last = first + columns.length * columnMs;
  const about = `OVER TIME  ${spanText(columnMs)} a column, at most ${most} in one`;
  return `\n${[about, ...rows, `  ${dayOf(first)} to ${dayOf(last)} UTC`].join('\n')}\n`;
};

const bar = (length: number): string => {
  const whole = Math.floor(length);
  const rest = eighths[Math.floor((length - whole) * 8)] ?? '';
  return `${full.repeat(whole)}${rest.trim()}`;
};

/** Plots how often each fix healed and how often it did not. */
export const plotFixes = (fixes: ReadonlyMap<string, FixTally>, style: PlotStyle): string => {
  const rows = [...fixes].slice(0, 20);
  if (rows.length === 0) return '';
  const names = rows.map(([name]) => printable(name).slice(0, 24));
  const width = Math.max(...names.map((name) => name.length));
  const numbers = rows.map(([, { healed, failures }]) => `${healed} of ${failures} healed`);
  const room = style.width - width - Math.max(...numbers.map((text) => text.length)) - 6;
  if (room < 8) return '';
  const most = Math.max(...rows.map(([, { failures }]) => failures));
  const lines = rows.map(([, { healed, failures }], at) => {
    const length = (failures / most) * room;
    const healedLength = Math.round((healed / Math.max(1, failures)) * length);
    const good = bar(Math.min(length, healedLength));
    const bad = '░'.repeat(Math.max(failures > healed ? 1 : 0, Math.round(length) - good.length));
    const drawn = paint(good, colours.healed, style) + paint(bad, colours.failed, style);
    const padding = ' '.repeat(Math.max(0, room + 1 - good.length - bad.length));
    return `  ${(names[at] ?? '').padEnd(width)}  ${drawn}${padding} ${numbers[at]}`;
  });
  return `\nHEALED BY FIX\n${lines.join('\n')}\n`;
};
