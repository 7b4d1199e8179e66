import { isDeepStrictEqual } from 'node:util';
import type { FirstAttempt, InternalHealer } from '../../healer/healer.ts';
import type { RawOutcome, RunOptions, RunOutcome } from '../../model/run.ts';
import type { CallTrace } from '../../telemetry/port.ts';
import { isRecord } from '../../text/is-record.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { supportsFormElicitation } from '../protocol/elicitation.ts';
import { callDigest, ownResponse, unexpectedState } from '../protocol/input-required.ts';
import type { RequestOfSdk } from './asked-by-response.ts';
import { CallQuestion } from './call-question.ts';
import { outcomeValue } from './outcome-value.ts';

type Json = Readonly<Record<string, unknown>>;

/** One call of a tool of an SDK server. */
export interface SdkCall {
  readonly tool: string;
  readonly call: () => unknown;
  readonly options: RunOptions;
  readonly request: RequestOfSdk;
  readonly trace: CallTrace | undefined;
  /** Whether the server makes a result of what a tool throws, as an `McpServer` does: the client gets only the message. */
  readonly isErrorResult: boolean;
}

/** A digest of a call; undefined if its arguments are not as they were sent, such as dates made from texts. Never throws. */
const digestOf = (tool: string, args: unknown): string | undefined => {
  try {
    const params = JSON.stringify({ name: tool, arguments: args ?? {} });
    const { arguments: sent } = JSON.parse(params) as { arguments: unknown };
    if (!isDeepStrictEqual(sent, args ?? {})) return undefined;
    return callDigest(readMessage(Buffer.from(`{"jsonrpc":"2.0","id":0,"method":"tools/call","params":${params}}`)));
  } catch {
    return undefined; // JSON has no such arguments, such as a BigInt.
  }
};

/** Computes a value when it is first asked for. */
const lazily = <T>(compute: () => T): (() => T) => {
  let computed: { readonly value: T } | undefined;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
};

const questionOf = (healer: InternalHealer, { tool, options, request }: SdkCall): CallQuestion | undefined => {
  const { args } = options;
  if (healer.questions === undefined) return undefined;
  const digest = lazily(() => digestOf(tool, args));
  const { state, responses } = request.returned ?? {};
  const canAsk = supportsFormElicitation(request.capabilities);
  return new CallQuestion(healer.questions, {
    ...{ tool, args, digest, canAsk },
    returned: state === undefined ? undefined : { state, response: ownResponse(responses) },
  });
};

/** The failure of a tool, in a form that travels through the client: no more than the SDK gives the client of it. */
const stored = (outcome: RunOutcome<unknown>, isErrorResult: boolean): Json => {
  if (outcome.ok || !outcome.thrown) return { value: outcomeValue(outcome) };
  const { error } = outcome;
  const { message = error, code, data } = (isRecord(error) || error instanceof Error ? error : {}) as Json;
  if (isErrorResult) return { error: { message: String(error instanceof Error ? message : error) } };
  return { error: { message: String(message), ...(Number.isSafeInteger(code) && { code, data }) } };
};

const restored = ({ value, error }: Json): RawOutcome<unknown> => {
  if (!isRecord(error)) return { thrown: false, value };
  const { message, ...more } = error;
  return { thrown: true, error: Object.assign(new Error(String(message)), more) };
};

const settle = (outcome: RawOutcome<unknown>): unknown => {
  if (outcome.thrown) throw outcome.error;
  return outcome.value;
};

/** Calls a tool for a client that is asked by the response, and comes back with the decision of its user. */
export const callAsking = async (healer: InternalHealer, sdkCall: SdkCall): Promise<unknown> => {
  const { tool, call, trace } = sdkCall;
  const question = questionOf(healer, sdkCall);
  const deferral = question?.deferral;
  const options: RunOptions & FirstAttempt = { ...sdkCall.options, approve: undefined, deferral };
  let run = (): Promise<RunOutcome<unknown>> => healer.runOutcome(tool, call, options);
  if (sdkCall.request.returned !== undefined) {
    const { signal = new AbortController().signal } = options;
    const resumed = await question?.resume(signal);
    if (resumed?.kind !== 'heal') trace?.end({});
    if (resumed?.kind === 'ask') return resumed.result;
    if (resumed?.kind === 'ended') return settle(restored(resumed.failure));
    if (resumed?.kind !== 'heal') {
      const { code, message } = resumed ?? unexpectedState;
      throw Object.assign(new Error(message), { code });
    }
    const { failure, diagnosis, failedAt } = resumed;
    run = () => healer.heal(tool, restored(failure), call, { ...options, diagnosis, failedAt });
  }
  const outcome = await (trace === undefined ? run() : trace.within(run));
  trace?.end({ outcome });
  const asking = deferral?.question && (await question?.ask(outcome, () => stored(outcome, sdkCall.isErrorResult)));
  return asking ?? outcomeValue(outcome);
};
