import { markBegun } from '../../model/begun.ts';
import type { RawOutcome } from '../../model/run.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import type { ToolCall } from './tool-call.ts';

const active = new WeakSet<ToolCall>();

/** What a server sends in the middle of a call, or because of one. */
const signs: ReadonlySet<string> = new Set([
  'sampling/createMessage',
  'elicitation/create',
  'notifications/resources/updated',
  'notifications/resources/list_changed',
]);
const logMessage = 'notifications/message';

/** Levels of log messages that may tell of what was done; those above tell of failures, and `debug` of anything. */
const levels: ReadonlySet<unknown> = new Set(['info', 'notice']);

/** Whether a request or notification of a server says that the call which it belongs to is under way. */
export const showsActivity = (
  method: string,
  params: { readonly progress?: unknown; readonly level?: unknown },
): boolean =>
  signs.has(method) ||
  (method === 'notifications/progress' && params.progress !== 0) ||
  (method === logMessage && levels.has(params.level));

/** The same for a message, progress apart: that belongs to the call with its token. */
export const messageShowsActivity = ({ bytes, method, params }: Message): boolean =>
  signs.has(method) ||
  (method === logMessage &&
    params !== undefined &&
    showsActivity(method, { level: parseSpan(bytes, memberAt(bytes, params.start, 'level')) }));

/** Records that the present attempt of a call is under way. */
export const noteActivity = (call: ToolCall): void => void active.add(call);

/** The next attempt begins. */
export const clearActivity = (call: ToolCall): void => void active.delete(call);

/** Marks the outcome of an attempt that was under way. */
export const withActivity = <T>(call: ToolCall, outcome: RawOutcome<T>): RawOutcome<T> => {
  if (active.has(call)) markBegun(outcome.thrown ? outcome.error : outcome.value);
  return outcome;
};
