import { markBegun } from '../../model/begun.ts';
import type { RawOutcome } from '../../model/run.ts';
import type { ToolCall } from './tool-call.ts';

const active = new WeakSet<ToolCall>();

/** Requests that a server sends in the middle of a call. */
const questions: ReadonlySet<string> = new Set(['sampling/createMessage', 'elicitation/create']);

/** Whether a request or notification of a server says that the call which it belongs to is under way. */
export const showsActivity = (method: string, progress?: number | undefined): boolean =>
  questions.has(method) || (method === 'notifications/progress' && progress !== 0);

/** Records that the present attempt of a call is under way. */
export const noteActivity = (call: ToolCall): void => void active.add(call);

/** The next attempt begins. */
export const clearActivity = (call: ToolCall): void => void active.delete(call);

/** Marks the outcome of an attempt that was under way. */
export const withActivity = <T>(call: ToolCall, outcome: RawOutcome<T>): RawOutcome<T> => {
  if (active.has(call)) markBegun(outcome.thrown ? outcome.error : outcome.value);
  return outcome;
};
