import { expectedEnd, type Kind, type Replay } from './expected.ts';
import type { Channel, Fault } from './faults.ts';

/** Maximum number of attempts of a run. */
export const attempts = 4;

/** One call and its faults. */
export interface Cell {
  readonly call: string;
  /** The faults of consecutive attempts; attempts after the last fault succeed. */
  readonly faults: readonly Fault[];
  readonly channel: Channel;
  readonly kind: Kind;
  readonly replay: Replay;
}

/** The end of the call, as its caller sees it. */
export type End = 'succeeded' | 'healed' | 'own error' | 'other error' | 'no response';

/** What happened to one call. */
export interface Observed {
  readonly end: End;
  /** Number of calls of the tool. */
  readonly calls: number;
  readonly effects: number;
  /** The fixes that ran. */
  readonly fixes: readonly string[];
  /** The outcome that healflow reports; null if it reports none. */
  readonly status: string | null;
  /** Time beyond the tool's own attempts. */
  readonly addedMs: number;
  readonly totalMs: number;
  /** What was wrong with the response. */
  readonly remark?: string | undefined;
}

export interface Verdict {
  readonly cell: Cell;
  readonly observed: Observed;
  /** Requirements that are not met; empty if all are. */
  readonly problems: readonly string[];
}

/** Compares what happened with the design. */
export const judge = (cell: Cell, observed: Observed): Verdict => {
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
  if ((end === 'succeeded' || end === 'healed') && effects === 0) problems.push('reported as done, but had no effect');
  if (end === 'own error' && effects > 0 && kind !== 'read-only' && status !== null && status !== 'unknown') {
    problems.push(`the outcome is reported as ${status}, although it took effect`);
  }
  return { cell, observed, problems };
};

export const nameOf = ({ faults, channel, kind, replay }: Cell): string =>
  `${faults.map(({ id }) => id).join(' + ')} | ${channel} | ${kind}${replay === 'safe' ? '' : ` | replay: ${replay}`}`;
