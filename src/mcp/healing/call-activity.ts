import { markBegun } from '../../model/begun.ts';
import type { RawOutcome } from '../../model/run.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import type { ToolCall } from './tool-call.ts';

const active = new WeakSet<ToolCall>();

/** What a server sends for no call, or before it works on one. Whatever it sends besides belongs to a call that is open. */
const quiet: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/elicitation/complete',
  'notifications/initialized',
  'notifications/prompts/list_changed',
  'notifications/roots/list_changed',
  'notifications/subscriptions/acknowledged',
  'notifications/tools/list_changed',
  'ping',
  'roots/list',
]);
const progress = 'notifications/progress';

/** Messages of the protocol that have no level of a log. */
const signs: ReadonlySet<string> = new Set([
  'sampling/createMessage',
  'elicitation/create',
  'notifications/resources/updated',
  'notifications/resources/list_changed',
]);

/** Levels of log messages that may tell of what was done; those above tell of failures, and `debug` of anything. */
const levels: ReadonlySet<unknown> = new Set(['info', 'notice']);

/** Whether a request or notification of a server says that the call which it belongs to is under way. */
export const showsActivity = (
  method: string,
  params: { readonly progress?: unknown; readonly level?: unknown },
): boolean => {
  if (method === progress) return params.progress !== 0;
  if (method === 'notifications/message') return levels.has(params.level);
  // A message of the server's own may be that of its log.
  return !quiet.has(method) && (signs.has(method) || params.level === undefined || levels.has(params.level));
};

/** The same for a message, progress apart: that belongs to the call with its token. */
export const messageShowsActivity = ({ bytes, method, params }: Message): boolean => {
  if (method === progress || quiet.has(method)) return false;
  const level = params && parseSpan(bytes, memberAt(bytes, params.start, 'level'));
  return showsActivity(method, { level });
};

/** The beginning of a line of a log whose level is not one of `levels`, and what else tells only of a failure or nothing. */
const otherLine =
  /^[\s\d[\]():.,TZ+/|-]{0,60}(?:(?:error|err|warn|warning|debug|trace|fatal|critical|verbose)\b|Traceback\b|\w{0,40}(?:Error|Exception)\b)|\blevel["']?\s?[=:]\s?["']?(?:error|err|warn|warning|debug|trace|fatal|critical|[1245-6]0\b)|^\s+at |^\s+File "|^\s*[{[].{0,40}"jsonrpc"|^\P{L}*$/iu;

/** Whether a line that is no message, such as a log on stdout, says that a call is under way. */
export const lineShowsActivity = (line: Buffer): boolean => !otherLine.test(line.toString('utf8', 0, 1_000).trimEnd());

/** Records that the present attempt of a call is under way. */
export const noteActivity = (call: ToolCall): void => void active.add(call);

/** The next attempt begins. */
export const clearActivity = (call: ToolCall): void => void active.delete(call);

/** Marks the outcome of an attempt that was under way. */
export const withActivity = <T>(call: ToolCall, outcome: RawOutcome<T>): RawOutcome<T> => {
  if (active.has(call)) markBegun(outcome.thrown ? outcome.error : outcome.value);
  return outcome;
};
