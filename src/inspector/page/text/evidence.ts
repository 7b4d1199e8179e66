import { count } from './format.ts';

type Interval = readonly [low: number, high: number] | null;

const percent = (share: number): string => String(Math.round(share * 100));

/** `4 of 5 (38–96 %)`; `unknown` if nothing was counted. */
export const share = (number: number, of: number, interval: Interval): string => {
  if (of === 0) return 'unknown';
  const range = interval === null ? '' : ` (${percent(interval[0])}–${percent(interval[1])} %)`;
  return `${count(number)} of ${count(of)}${range}`;
};

const maxOdds = 10_000;

const rounded = (odds: number): string => (odds < 10 ? String(Math.floor(odds * 10) / 10) : count(Math.floor(odds)));

/** `95 : 1`, or `1 : 4` if it is less likely that it works; `unknown` if nothing is known. Never rounded up, as 100 : 1 is a limit. */
export const oddsRatio = (odds: number | null): string => {
  if (odds === null || Number.isNaN(odds)) return 'unknown';
  if (odds > maxOdds) return `over ${count(maxOdds)} : 1`;
  if (odds * maxOdds < 1) return `1 : over ${count(maxOdds)}`;
  return odds >= 1 ? `${rounded(odds)} : 1` : `1 : ${rounded(1 / odds)}`;
};
