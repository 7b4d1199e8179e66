import type { ToolAnnotations } from '../../model/run.ts';
import { statePrefix } from '../../sharing/state-prefix.ts';
import type { CallTrace, Telemetry } from '../../telemetry/port.ts';
import { isRecord } from '../../text/is-record.ts';
import { type Message, rawText } from '../jsonrpc/message.ts';
import { eachMember, memberAt, parseSpan, type Span } from '../jsonrpc/raw-json.ts';
import { type ReturnedInput, readReturned } from '../protocol/input-required.ts';
import { isRepeatableMethod } from '../protocol/methods.ts';
import { CallProgress, progressTokenOf } from '../protocol/progress.ts';
import { isStatelessVersion, statelessVersionOf } from '../protocol/versions.ts';

/** A tool call that a client waits for. */
export interface ToolCall {
  readonly tool: string;
  /** The client's id, as it wrote it. */
  readonly rawId: string;
  readonly key: string;
  readonly request: Message;
  /** Undefined if the client does not ask for progress. */
  readonly progress: CallProgress | undefined;
  /** When the request arrived, on the healer's monotonic clock. */
  readonly startedAt: number;
  /** The annotations, if they do not come from the server's list of tools. */
  readonly annotations?: ToolAnnotations | undefined;
  /** Undefined if tracing is off. */
  readonly trace?: CallTrace | undefined;
  /** The response to a question of healflow; undefined if this call does not go on with an earlier one. */
  readonly returned?: ReturnedInput | undefined;
}

/**
 * Reads a `tools/call` request. Undefined if it names no tool or asks for a task: the response is then a receipt instead of
 * the tool's result, and passes.
 */
export const readToolCall = (
  request: Message,
  startedAt: number,
  telemetry?: Telemetry | undefined,
): ToolCall | undefined => {
  const { bytes, params, id } = request;
  if (params === undefined || id === undefined) return undefined;
  let name: Span | undefined;
  let meta: Span | undefined;
  let isTask = false;
  let hasState = false;
  eachMember(bytes, params.start, (key, value) => {
    if (key === 'name') name = value;
    else if (key === '_meta') meta = value;
    else if (key === 'task') isTask = true;
    else if (key === 'requestState') hasState = true;
  });
  const tool = name && nameAt(bytes, name);
  if (typeof tool !== 'string' || isTask) return undefined;
  const returned = hasState && isStateless(request) ? readReturned(request, statePrefix) : undefined;
  const token = meta && progressTokenOf(request);
  const requestId = rawText(bytes, id);
  return {
    tool,
    rawId: requestId,
    key: request.key,
    request: returned?.request ?? request,
    progress: token === undefined ? undefined : new CallProgress(rawText(bytes, token)),
    startedAt,
    returned,
    trace: telemetry?.beginCall({
      tool,
      meta: recordOf(parseSpan(bytes, meta)),
      requestId: textOf(requestId),
      startedAt,
    }),
  };
};

/** Whether a request is of the stateless protocol, whose clients come back with what a response asks for. */
export const isStateless = (request: Message): boolean => {
  const version = statelessVersionOf(request);
  return version !== undefined && isStatelessVersion(version);
};

const plainName = /^"[\w./:-]*"$/;

/** The name of a tool; it is parsed only if it has unusual characters. */
const nameAt = (bytes: Buffer, span: Span): unknown => {
  const raw = rawText(bytes, span);
  return plainName.test(raw) ? raw.slice(1, -1) : parseSpan(bytes, span);
};

const recordOf = (value: unknown): Record<string, unknown> | undefined => (isRecord(value) ? value : undefined);

/** An id as text, whether it is a string or a number. */
const textOf = (rawId: string): string => (rawId.startsWith('"') ? rawId.slice(1, -1) : rawId);

/** Treats any other request as a call of a tool with the method's name. */
export const requestAsCall = (request: Message, startedAt: number): ToolCall => {
  const { bytes, key, method } = request;
  const token = progressTokenOf(request);
  return {
    tool: method,
    rawId: request.id === undefined ? 'null' : rawText(bytes, request.id),
    key,
    request,
    progress: token === undefined ? undefined : new CallProgress(rawText(bytes, token)),
    startedAt,
    annotations: { readOnlyHint: isRepeatableMethod(method) || method === 'initialize' },
  };
};

/** The arguments of a call; undefined if it has none, or if they are longer than `maxBytes`: they are not parsed then. */
export const argumentsOf = (
  { request: { bytes, params } }: ToolCall,
  maxBytes = Number.POSITIVE_INFINITY,
): Record<string, unknown> | undefined => {
  if (params === undefined) return undefined;
  const span = memberAt(bytes, params.start, 'arguments');
  if (span === undefined || span.end - span.start > maxBytes) return undefined;
  const args = parseSpan(bytes, span);
  return isRecord(args) ? args : undefined;
};

/** Whether a result ends the call. One that asks for more input or names a task does not. */
export const isFinalResult = (result: unknown): boolean => {
  if (!isRecord(result)) return true;
  const type = result.resultType;
  return (type === undefined || type === 'complete') && !('task' in result && !('content' in result));
};
