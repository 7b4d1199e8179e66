import { expectedEnd, type Kind, type Replay } from './expected.ts';
import type { Channel, Fault } from './faults.ts';

/** Calls of the tool in all that the suite allows a run. */
export const attempts = 4;

/** One call, and what it meets. */
export interface Cell {
  readonly call: string;
  /** One fault after the other; what comes after the last goes well. */
  readonly faults: readonly Fault[];
  readonly channel: Channel;
  readonly kind: Kind;
  readonly replay: Replay;
}

/** How the call ended, as its caller sees it. */
export type End = 'answered' | 'healed' | 'own error' | 'other error' | 'no answer';

/** What happened to one call. */
export interface Observed {
  readonly end: End;
  /** How often the tool was called. */
  readonly calls: number;
  readonly effects: number;
  /** The fixes that were run. */
  readonly fixes: readonly string[];
  /** What healflow says of the outcome; null where it says nothing. */
  readonly status: string | null;
  /** Time that the tool's own attempts did not take. */
  readonly addedMs: number;
  readonly totalMs: number;
  /** What was wrong with the answer, in words. */
  readonly remark?: string | undefined;
}

export interface Judged {
  readonly cell: Cell;
  readonly observed: Observed;
  /** What must not be; empty where all is well. */
  readonly problems: readonly string[];
}

/** Holds what happened against the design. */
export const judge = (cell: Cell, observed: Observed): Judged => {
  const { kind, replay } = cell;
  const { end, calls, effects, status } = observed;
  const expected = expectedEnd(cell.faults, cell, attempts);
  const problems: string[] = [];
  const mayChange = kind === 'destructive' || kind === 'unannotated';
  if (mayChange && replay !== 'always' && effects > 1) problems.push(`took effect ${effects} times`);
  if (end !== expected.end) {
    problems.push(`ended as ${end}, should be ${expected.end}${observed.remark ? ` (${observed.remark})` : ''}`);
  }
  if (expected.calls !== undefined && calls !== expected.calls) {
    problems.push(`${calls} calls, should be ${expected.calls}`);
  }
  if ((end === 'answered' || end === 'healed') && effects === 0) problems.push('said to be done, and was not');
  if (end === 'own error' && effects > 0 && kind !== 'read-only' && status !== null && status !== 'unknown') {
    problems.push(`the outcome is said to be ${status}, though it took effect`);
  }
  return { cell, observed, problems };
};

export const nameOf = ({ faults, channel, kind, replay }: Cell): string =>
  `${faults.map(({ id }) => id).join(' + ')} | ${channel} | ${kind}${replay === 'safe' ? '' : ` | replay: ${replay}`}`;
