import type { Knowledge, KnownFailure } from '../../learning/knowledge.ts';
import { printable, printableJson } from '../../text/sanitize.ts';
import { table } from '../table.ts';
import { cut, wrap } from './layout.ts';
import { actionLine, naturalText } from './numbers.ts';

const maxRows = 40;
const maxActions = 3;
const titles = ['SIGNATURE', 'SEEN', 'TOOLS', 'RECOVERS BY ITSELF', 'LAST'];
const right = new Set(['SEEN', 'TOOLS']);

const rowOf = (failure: KnownFailure): string[] => [
  failure.id,
  String(failure.seen),
  String(failure.tools.size),
  naturalText(failure.natural),
  failure.last?.slice(0, 10) ?? 'unknown',
];

const detailsOf = ({ line, actions, lessons }: KnownFailure, width: number): string[] => [
  cut(`  ${printable(line ?? '(the log no longer has this failure)')}`, width),
  ...actions.slice(0, maxActions).flatMap((action) => wrap(`  ${actionLine(action)}`, width)),
  ...(actions.length > maxActions ? [`  ... and ${actions.length - maxActions} more: learn show has them`] : []),
  ...lessons.map(({ name, rung }) => cut(`  lesson ${printable(name)}: ${rung}`, width)),
];

/** What the numbers mean, if there are any. */
const noteLines = (failures: readonly KnownFailure[], width: number): string[] => {
  const hasOdds = failures.some(({ actions }) => actions.slice(0, maxActions).some(({ odds }) => odds.odds !== null));
  const hasShares = hasOdds || failures.some(({ natural }) => natural.of > 0);
  const notes = [
    ...(hasShares ? ['Intervals are 95 %.'] : []),
    ...(hasOdds ? ['Odds: how much better the outcomes fit a fix that works than doing nothing.'] : []),
  ];
  return notes.length === 0 ? [] : ['', ...wrap(notes.join(' '), width)];
};

/** The signatures as a table, each with the failure, what was run against it, and its lessons below. */
export const overviewText = ({ failures, others }: Knowledge, width: number, isFiltered = false): string => {
  if (failures.length === 0) return isFiltered ? 'no failure matches\n' : 'no failure is recorded yet\n';
  const shown = failures.slice(0, maxRows);
  const [head = '', ...rows] = table(titles, shown.map(rowOf), right).trimEnd().split('\n');
  const blocks = rows.flatMap((row, at) => [row, ...detailsOf(shown[at] as KnownFailure, width)]);
  const more = failures.length > maxRows ? [`... and ${failures.length - maxRows} more: --json shows all`] : [];
  const rest = others > 0 ? [`${others} failures of further signatures were only counted`] : [];
  return `${[head, ...blocks, ...more, ...rest, ...noteLines(shown, width)].join('\n')}\n`;
};

/** A failure as the JSON of `learn` has it. */
export const failureJson = (failure: KnownFailure): object => ({
  sig: failure.id,
  line: failure.line,
  class: failure.class,
  pattern: failure.pattern,
  seen: failure.seen,
  tools: Object.fromEntries(failure.tools),
  first: failure.first,
  last: failure.last,
  natural: failure.natural,
  actions: failure.actions.map(({ action, text, odds, unchecked, isIncomplete, first, last, tools }) => ({
    ...action,
    text,
    odds: odds.odds,
    trials: odds.trials,
    natural: odds.natural,
    unchecked,
    ...(isIncomplete ? { incomplete: true } : {}),
    first,
    last,
    tools,
  })),
  lessons: failure.lessons,
  notes: failure.notes,
});

export const overviewJson = ({ failures, others }: Knowledge): string =>
  `${printableJson(JSON.stringify({ failures: failures.map(failureJson), others }))}\n`;
