import { type HealingEvent, outcomeOf } from '../event-log/index.ts';
import { durationText } from '../text/duration.ts';
import { printable } from '../text/sanitize.ts';
import type { Io } from './io.ts';

/** ANSI colour codes: green, red, yellow. */
const colours: Readonly<Record<string, number>> = { healed: 32, failed: 31, unknown: 33 };
const widths = [20, 24, 14, 9, 8, 11];
const titles = ['TIME (UTC)', 'TOOL', 'FIX', 'RESULT', 'ATTEMPTS', 'TOOK', 'WHAT FAILED'];
const gap = '  ';
const minimumTextWidth = 20;

const cut = (text: string, width: number): string => {
  const characters = [...text.slice(0, width * 2)];
  return characters.length <= width && text.length <= width * 2 ? text : `${characters.slice(0, width - 1).join('')}…`;
};

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join(gap)
    .trimEnd();

const timeOf = (timestamp: string): string => {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(timestamp) ?? [];
  return day === undefined ? timestamp : `${day} ${time}`;
};

const whyNot = (event: HealingEvent): string => {
  const reason = event.refusal_reason;
  return typeof reason === 'string' && outcomeOf(event) !== 'healed' ? ` (not healed: ${reason})` : '';
};

/** The line with the column titles. */
export const titleRow = `${line(titles)}\n`;

/** Formats one event as one line; the text is last and is cut to the width of the terminal. */
export const rowOf = (event: HealingEvent, { stdout, env }: Io): string => {
  const outcome = outcomeOf(event);
  const { duration_ms: durationMs, attempts = event.retry_count + 1 } = event;
  const row = line([
    timeOf(cut(printable(event.timestamp), 30)),
    cut(printable(event.tool), 40),
    printable(event.fix_applied ?? '-'),
    printable(outcome),
    String(attempts),
    typeof durationMs === 'number' ? durationText(durationMs) : '-',
    printable(`${event.error ?? '-'}${whyNot(event)}`),
  ]);
  if (stdout.isTTY !== true) return `${row}\n`;
  const before = widths.reduce((sum, width) => sum + width + gap.length, 0);
  const shown = cut(row, Math.max(stdout.columns ?? 0, before + minimumTextWidth));
  const colour = Object.hasOwn(colours, outcome) ? colours[outcome] : undefined;
  const plain = colour === undefined || (env.NO_COLOR ?? '') !== '';
  return `${plain ? shown : shown.replace(` ${outcome} `, ` \u001b[${colour}m${outcome}\u001b[39m `)}\n`;
};
