import type { KnownFailure } from '../../learning/knowledge.ts';
import { proposeAt } from '../../learning/odds.ts';
import { oddsText } from '../../text/odds.ts';
import { printable } from '../../text/sanitize.ts';
import { wrap } from './layout.ts';
import { actionLine, seenText } from './numbers.ts';

const maxTools = 10;

const toolsText = (tools: ReadonlyMap<string, number>): string => {
  const shown = [...tools].slice(0, maxTools).map(([tool, seen]) => `${printable(tool)} ${seen}`);
  return [...shown, ...(tools.size > maxTools ? [`and ${tools.size - maxTools} more`] : [])].join(', ');
};

const kindText = ({ class: name, pattern }: KnownFailure): string =>
  name === 'unrecognised'
    ? 'not recognised'
    : [name ?? 'class unknown', ...(pattern === null ? [] : [`recognised by ${pattern}`])].map(printable).join(', ');

const nextOf = ({ id, actions, lessons }: KnownFailure): string => {
  if (lessons.length > 0) return `healflow learn show ${lessons[0]?.name} shows the lesson`;
  const at = actions.findIndex(({ isIncomplete, odds }) => !isIncomplete && odds.trials.succeeded > 0);
  const best = actions[at];
  if (best === undefined) return 'when it fails again, run what repairs it as: healflow repair -- COMMAND';
  const how = `healflow learn propose ${id} --run ${at + 1} writes a lesson of it`;
  const { odds } = best.odds;
  return odds !== null && odds >= proposeAt
    ? how
    : `${how}; at odds of ${oddsText(odds)}, below ${proposeAt}:1, it may well have recovered by itself`;
};

/** Everything that is known of one failure, for people. */
export const failureText = (failure: KnownFailure, width: number): string => {
  const { id, line, first, last, tools, actions, lessons, notes } = failure;
  const lines = [
    `${id}  ${kindText(failure)}`,
    ...wrap(`  ${printable(line ?? '(the log no longer has this failure)')}`, width),
    ...wrap(`  ${seenText(failure)}`, width),
    ...(first === null || last === null ? [] : wrap(`  first ${printable(first)}, last ${printable(last)}`, width)),
    ...(tools.size === 0 ? [] : wrap(`  tools: ${toolsText(tools)}`, width)),
    ...(actions.length === 0 ? ['', 'nothing was run against it yet'] : ['', 'what was run against it']),
    ...actions.flatMap((action, at) => wrap(`  ${at + 1}. ${actionLine(action)}`, width)),
    ...(lessons.length === 0 ? [] : ['', 'lessons']),
    ...lessons.map(({ name, rung }) => `  ${printable(name)}: ${rung}`),
    ...(notes.length === 0 ? [] : ['', 'notes by agents: their own words, unchecked']),
    ...notes.flatMap(({ at, note }) => wrap(`  ${printable(at.slice(0, 10))}: ${printable(note)}`, width)),
    '',
    ...wrap(nextOf(failure), width),
  ];
  return `${lines.join('\n')}\n`;
};
