import { count } from './format.ts';

type Interval = readonly [low: number, high: number] | null;

const percent = (share: number): string => String(Math.round(share * 100));

/** `4 of 5 (38–96 %)`; `unknown` if nothing was counted. */
export const share = (number: number, of: number, interval: Interval): string => {
  if (of === 0) return 'unknown';
  const range = interval === null ? '' : ` (${percent(interval[0])}–${percent(interval[1])} %)`;
  return `${count(number)} of ${count(of)}${range}`;
};
