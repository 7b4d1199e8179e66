import type { KnownAction, KnownFailure } from '../../learning/knowledge.ts';
import type { Odds } from '../../learning/model.ts';
import { oddsText } from '../../text/odds.ts';
import { printable } from '../../text/sanitize.ts';

const percent = (share: number): string => String(Math.round(share * 100));

/** A share with what it is a share of, and its 95 % interval: `1 of 14 (1 to 31 %)`; `unknown` if there is nothing to count. */
export const shareText = (count: number, of: number, interval: readonly [number, number] | null): string => {
  if (of === 0 || interval === null) return 'unknown';
  return `${count} of ${of} (${percent(interval[0])} to ${percent(interval[1])} %)`;
};

export const naturalText = ({ recovered, of, interval }: Odds['natural']): string => shareText(recovered, of, interval);

export const trialsText = ({ succeeded, of, interval }: Odds['trials']): string => shareText(succeeded, of, interval);

const uncheckedText = (unchecked: number): string =>
  unchecked === 0 ? '' : `${unchecked === 1 ? 'once' : `${unchecked} times`} without a check`;

/** What is known of one action, in one line: `after vpn_connect 4 of 4 (51 to 100 %), without it 1 of 14: odds 95:1`. */
export const actionLine = ({ text, odds, unchecked, isIncomplete }: KnownAction): string => {
  const { trials, natural } = odds;
  const without = natural.of === 0 ? '' : `, without it ${natural.recovered} of ${natural.of}`;
  const known = trials.of === 0 ? [] : [`${trialsText(trials)}${without}: odds ${oddsText(odds.odds)}`];
  const more = [...known, uncheckedText(unchecked)].filter((part) => part !== '').join('; ');
  return `after ${printable(text)}${isIncomplete ? ' (not the whole command)' : ''} ${more}`.trimEnd();
};

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** How often it was seen and recovers, in words. */
export const seenText = ({ seen, tools, natural }: KnownFailure): string => {
  const times = `seen ${plural(seen, 'time')} in ${plural(tools.size, 'tool')}`;
  const { recovered, of, interval } = natural;
  if (of === 0 || interval === null) return `${times}; whether it recovers by itself is not known yet`;
  const range = `95 % interval ${percent(interval[0])} to ${percent(interval[1])} %`;
  return `${times}, recovers by itself ${recovered} of ${of} (${range})`;
};
