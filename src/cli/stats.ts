import { type FixTally, readStats, type Stats, type Tally } from '../event-log/index.ts';
import { durationText } from '../text/duration.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { type Io, outputTo, processIo } from './io.ts';
import { type MemoryReadingOptions, readMemory } from './log-reading.ts';
import { type PlotStyle, plotFixes, plotOverTime } from './plots.ts';
import { table } from './table.ts';

export interface StatsOptions extends MemoryReadingOptions {
  readonly json?: boolean | undefined;
}

const maxRows = 40;

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${printable(name)} ${count}`)
    .join(', ');

const cellsOf = ({ calls, failures, healed, failed, unknown, refused, timeToHealMs }: Tally): string[] => [
  ...[calls, failures, healed, failed, unknown].map(String),
  ...[timeToHealMs.median, timeToHealMs.p95].map((ms) => (ms === null ? '-' : durationText(ms))),
  listed(refused),
];

const titles = ['CALLS', 'FAILURES', 'HEALED', 'FAILED', 'UNKNOWN', 'MEDIAN', 'P95'];
const right = new Set(titles);

const section = <T extends Tally>(
  title: string,
  tallies: ReadonlyMap<string, T>,
  lastTitle: string,
  lastCell: (tally: T) => string,
): string => {
  if (tallies.size === 0) return '';
  const rows = [...tallies]
    .slice(0, maxRows)
    .map(([name, tally]) => [printable(name), ...cellsOf(tally).slice(0, -1), lastCell(tally)]);
  const more = tallies.size > maxRows ? `... and ${tallies.size - maxRows} more: --json shows all\n` : '';
  return `\n${table([title, ...titles, lastTitle], rows, right)}${more}`;
};

const refusedOf = (tally: Tally): string => listed(tally.refused);
const endedOf = (tally: FixTally): string => listed(tally.ended);

/** What can be done about failures that no pattern matches. */
const unrecognisedHint = ({ classes }: Stats): string => {
  const count = classes.get('unrecognised')?.failures ?? 0;
  if (count === 0) return '';
  return `\n${count === 1 ? '1 failure was' : `${count} failures were`} not recognised: healflow explain TEXT drafts a pattern for such a text.\n`;
};

const text = (stats: Stats, style: PlotStyle): string => {
  const { since, until, total } = stats;
  const period = since === null || until === null ? 'nothing recorded' : `${printable(since)} to ${printable(until)}`;
  return [
    `${period}; times are from the first attempt to the success of healed calls\n\n`,
    table(['', ...titles, 'NOT HEALED BECAUSE'], [['all', ...cellsOf(total)]], right),
    section('TOOL', stats.tools, 'NOT HEALED BECAUSE', refusedOf),
    section('CLASS', stats.classes, 'NOT HEALED BECAUSE', refusedOf),
    unrecognisedHint(stats),
    section('FIX', stats.fixes, 'FIX ENDED', endedOf),
    plotOverTime(stats.overTime, style),
    plotFixes(stats.fixes, style),
  ].join('');
};

const plain = ({ timeToHealMs, ...tally }: Tally): object => ({ ...tally, time_to_heal_ms: timeToHealMs });

const plainAll = (tallies: ReadonlyMap<string, Tally>): object =>
  Object.fromEntries([...tallies].map(([name, tally]) => [name, plain(tally)]));

const json = ({ since, until, total, tools, classes, fixes, overTime }: Stats): string => {
  const content = {
    since,
    until,
    total: plain(total),
    tools: plainAll(tools),
    classes: plainAll(classes),
    fixes: plainAll(fixes),
    over_time: {
      bucket_ms: overTime.bucketMs,
      buckets: overTime.buckets.map(({ t, ...counts }) => ({ begins: new Date(t).toISOString(), ...counts })),
    },
  };
  return `${printableJson(JSON.stringify(content))}\n`;
};

const defaultWidth = 80;
/** Wider plots show no more detail. */
const widest = 160;

const styleOf = ({ stdout, env }: Io): PlotStyle => ({
  width: Math.min(widest, stdout.isTTY === true ? (stdout.columns ?? defaultWidth) : defaultWidth),
  coloured: stdout.isTTY === true && (env.NO_COLOR ?? '') === '',
});

/** Cuts the lines of tables that a terminal would wrap; coloured lines already fit. */
const fitted = (shown: string, { stdout }: Io): string => {
  const { columns } = stdout;
  if (stdout.isTTY !== true || columns === undefined || columns < 20) return shown;
  const cut = (line: string): string =>
    line.length <= columns || line.includes('\u001b') ? line : `${line.slice(0, columns - 1)}…`;
  return shown.split('\n').map(cut).join('\n');
};

/** Shows what was healed by tool, class and fix, as tables and plots or as JSON; resolves with the exit code. */
export const stats = (options: StatsOptions, io: Io = processIo()): Promise<number> =>
  readMemory(options, io, async (memoryDir, onDamage) => {
    const read = await readStats(memoryDir, { onDamage });
    await outputTo(io.stdout).write(options.json ? json(read) : fitted(text(read, styleOf(io)), io));
  });
