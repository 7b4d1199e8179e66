import type { Channel, Fault, Row } from './faults.ts';

/** What a tool may do to the world. */
export const kinds = ['read-only', 'idempotent', 'destructive', 'unannotated'] as const;
export type Kind = (typeof kinds)[number];
export type Replay = 'never' | 'safe' | 'always';

/**
 * The design's table of when a call may be repeated, written down a second time, so that the engine is not its own
 * judge: Y repeat · F after a successful fix · O where a rule or the user says so · N never; in the order of `kinds`.
 */
const table: Readonly<Record<Row, string>> = {
  'not sent': 'FFFF',
  'not logged in': 'FFFF',
  rate: 'YYYY',
  'cut off': 'YYNO',
  'asked to wait': 'YYOO',
  'internal error': 'YYNN',
  conflict: 'OONN',
  'turned down': 'NNNN',
  'own backend': 'FFOO',
};

/** The deadline of the suite's runs. */
export const deadlineMs = 20_000;

export interface Question {
  readonly fault: Fault;
  readonly channel: Channel;
  readonly kind: Kind;
  readonly replay: Replay;
}

/** The row that counts: words in a result or in an error's message tell of the tool's own backend. */
const rowOf = ({ fault, channel }: Question): Row => {
  const inWords = (channel === 'isError' || channel === 'rpc') && fault.end !== 'rpc';
  // A conflict in words, such as one of a merge, is the caller's own affair.
  if (inWords && fault.row === 'conflict') return 'turned down';
  // A refusal of the request itself, and a rate limit, stay what they are in any words.
  return inWords && !['turned down', 'rate'].includes(fault.row) ? 'own backend' : fault.row;
};

/** Whether the call may be repeated after this fault, by the table. */
export const mayRepeat = (question: Question): boolean => {
  const { fault, kind, replay } = question;
  if (replay === 'never') return false;
  if ((fault.retryAfter ?? 0) * 1_000 > deadlineMs) return false;
  const row = rowOf(question);
  switch (table[row][kinds.indexOf(kind)]) {
    case 'Y':
    case 'F':
      return true;
    case 'O':
      // The rule: a login or a connection that was refused comes before any effect.
      if (row === 'own backend' && (fault.row === 'not logged in' || fault.row === 'not sent')) return true;
      return replay === 'always';
    default:
      // Emptying a cache earns a harmless tool one more try.
      return fault.until === 'cache' && (kind === 'read-only' || kind === 'idempotent');
  }
};

/** How a call shall end that meets these faults one after the other. */
export const expectedEnd = (
  faults: readonly Fault[],
  cell: Omit<Question, 'fault'>,
  attempts: number,
): { readonly end: 'answered' | 'healed' | 'own error'; readonly calls: number | undefined } => {
  let calls = 1;
  for (const fault of faults) {
    if (fault.harmless) break;
    // How often it tries a fault that lasts is the engine's own affair.
    if (fault.forever) return { end: 'own error', calls: undefined };
    if (!mayRepeat({ ...cell, fault }) || calls === attempts) return { end: 'own error', calls };
    calls += 1;
  }
  return { end: calls === 1 ? 'answered' : 'healed', calls };
};
