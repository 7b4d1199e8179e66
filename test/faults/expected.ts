import type { Channel, Fault, Row } from './faults.ts';

/** The kinds of tools. */
export const kinds = ['read-only', 'idempotent', 'destructive', 'unannotated'] as const;
export type Kind = (typeof kinds)[number];
export type Replay = 'never' | 'safe' | 'always';

/**
 * The design's repeat table, written down a second time, so that the engine does not check itself: Y repeat · F after a
 * successful fix · O if a rule or the user allows it · N never; in the order of `kinds`.
 */
const table: Readonly<Record<Row, string>> = {
  'not sent': 'FFFF',
  'not authenticated': 'FFFF',
  rate: 'YYYY',
  'connection lost': 'YYNO',
  'retry after': 'YYOO',
  'internal error': 'YYNN',
  conflict: 'OONN',
  rejected: 'NNNN',
  'backend error': 'FFOO',
};

/** The deadline of the suite's runs. */
export const deadlineMs = 20_000;

export interface RepeatInput {
  readonly fault: Fault;
  readonly channel: Channel;
  readonly kind: Kind;
  readonly replay: Replay;
}

/** The row that applies: text in a result or in an error's message describes the tool's own backend. */
const rowOf = ({ fault, channel }: RepeatInput): Row => {
  const isText = (channel === 'isError' || channel === 'rpc') && fault.end !== 'rpc';
  // A conflict in a text, such as one of a merge, is up to the caller.
  if (isText && fault.row === 'conflict') return 'rejected';
  // A rejected request and a rate limit keep their rows.
  return isText && !['rejected', 'rate'].includes(fault.row) ? 'backend error' : fault.row;
};

/** The failures that come before any effect, if nothing else was done before. */
const comesFirst: readonly Row[] = ['not sent', 'not authenticated', 'rate'];

/** Whether the tool tells of the fault. What healflow sees itself is proof: the server breaks, or an attempt runs out of time. */
const isReport = ({ fault, channel }: RepeatInput): boolean =>
  channel !== 'transport' && !(fault.end === 'hang' && fault.timeoutMs === undefined);

/** Whether the call may be repeated after this fault, according to the table. */
export const mayRepeat = (input: RepeatInput): boolean => {
  const { fault, kind, replay } = input;
  if (replay === 'never') return false;
  if ((fault.retryAfter ?? 0) * 1_000 > deadlineMs) return false;
  const row = rowOf(input);
  if (isReport(input) && row !== 'rejected' && (kind === 'destructive' || kind === 'unannotated')) {
    // A report licenses a retry only if it is the whole story of a failure that comes before any effect.
    const isFirst = comesFirst.includes(fault.row) && fault.status !== 404;
    return replay === 'always' || (kind === 'unannotated' && isFirst);
  }
  switch (table[row][kinds.indexOf(kind)]) {
    case 'Y':
    case 'F':
      return true;
    case 'O':
      return replay === 'always';
    default:
      // After clearing a cache, a harmless tool is tried once more.
      return fault.until === 'cache' && (kind === 'read-only' || kind === 'idempotent');
  }
};

/**
 * Whether the attempt goes on: a tool that only reads says that its service cannot be reached, and is called again while the patience
 * lasts. A wait that begins with the first call is an attempt of its own.
 */
const isWaitedOut = (input: RepeatInput, calls: number): boolean =>
  calls > 1 && input.kind === 'read-only' && isReport(input) && input.fault.row === 'not sent';

/** The expected end of a call with these faults in consecutive calls. */
export const expectedEnd = (
  faults: readonly Fault[],
  cell: Omit<RepeatInput, 'fault'>,
  attempts: number,
): { readonly end: 'succeeded' | 'healed' | 'own error'; readonly calls: number | undefined } => {
  let [calls, counted] = [1, 1];
  for (const fault of faults) {
    if (fault.harmless) break;
    const input = { ...cell, fault };
    const isFree = isWaitedOut(input, calls);
    // The number of attempts at a permanent fault is up to the engine.
    if (fault.forever) return { end: 'own error', calls: undefined };
    if (!mayRepeat(input) || (counted === attempts && !isFree)) return { end: 'own error', calls };
    calls += 1;
    if (!isFree) counted += 1;
  }
  return { end: calls === 1 ? 'succeeded' : 'healed', calls };
};
