import type { FirstAttempt } from '../../healer/healer.ts';
import type { Approve } from '../../model/fix.ts';
import { markProof } from '../../model/proof.ts';
import type { RawOutcome, RunOutcome, ToolAnnotations, TransportAttempt } from '../../model/run.ts';
import type { FixName } from '../../model/terms.ts';
import { aborted } from '../../platform/wait.ts';
import type { TraceCarrier } from '../../telemetry/port.ts';
import { messageOf } from '../../text/error-text.ts';
import { isRecord } from '../../text/is-record.ts';
import { errorCodes, errorResponse, HttpError, JsonRpcError } from '../jsonrpc/errors.ts';
import { type Message, rawText, readMessage } from '../jsonrpc/message.ts';
import { type Edit, eachMember, memberAt, parseSpan, splice } from '../jsonrpc/raw-json.ts';
import { unexpectedState } from '../protocol/input-required.ts';
import { progressTokenOf } from '../protocol/progress.ts';
import { clearActivity, withActivity } from './call-activity.ts';
import type { SentAttempt } from './call-gate.ts';
import type { CallQuestion } from './call-question.ts';
import type { HealerPort } from './healer-port.ts';
import { questionOf } from './question-of.ts';
import { healedResponse } from './result-meta.ts';
import { argumentsOf, type ToolCall } from './tool-call.ts';

/** A request that healflow itself sent and that has no response yet. */
export interface PendingRequest {
  readonly response: Promise<Message>;
  /** Cancels the request at the server too. @param notification The client's own cancellation, whose reason is kept. */
  cancel(reason: unknown, notification?: Message): void;
}

/** Waits for the response to a request, and cancels the request if the signal aborts. */
export const awaitResponse = async (pending: PendingRequest, signal: AbortSignal): Promise<Message> => {
  const cancel = (): void => pending.cancel(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await pending.response;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

/** What the client gets in the end. */
export interface FinalResponse {
  /** The result or error that the healer settled with. */
  readonly outcome: unknown;
  /** The server's response that contained it; undefined if there was none. */
  readonly response: Message | undefined;
  /** Whether it is a response of healflow itself, to a call that was not made. */
  readonly isOwn?: boolean;
}

/** How a failure that is an HTTP response travels through a client. */
export interface HttpForm {
  /** Undefined if it is none, or too long. */
  readonly store: (outcome: unknown) => Readonly<Record<string, unknown>> | undefined;
  readonly restore: (stored: Readonly<Record<string, unknown>>) => Error;
}

export type MakeRequest = (rawId: string, rawToken: string) => Buffer;

/** Whether a request that certainly was not carried out may be sent again; counts it if so. */
export type MayResend = () => Promise<boolean>;

export interface HealingPorts {
  readonly healer: HealerPort;
  /** The first attempt, as it was sent. */
  readonly sent?: SentAttempt;
  /**
   * The annotations of the tool; a promise if the server has to be asked.
   *
   * @param isRetry Whether a retry depends on them.
   */
  readonly annotations: (isRetry: boolean) => ToolAnnotations | undefined | Promise<ToolAnnotations | undefined>;
  /** Asks the user of the client; undefined if the client cannot. */
  readonly approve: Approve | undefined;
  /**
   * Sends the next attempt.
   *
   * @param edit Makes the request, given an id and a progress token of healflow's own.
   * @param mayResend Whether the transport may send it again if it certainly was not carried out.
   */
  readonly send: (edit: MakeRequest, mayResend: MayResend) => PendingRequest;
  /** Sends the call once more when its healing has ended; nothing of it reaches the client. Throws if the session has ended. */
  readonly sendCheck?: ((edit: MakeRequest) => PendingRequest) | undefined;
  readonly respond: (bytes: Buffer, final: FinalResponse) => void;
  /** Without it, all failures are JSON-RPC responses. */
  readonly httpForm?: HttpForm | undefined;
  /** Called when a fix starts. */
  readonly onFix?: ((fix: FixName) => void) | undefined;
  readonly onFinished: (outcome: RunOutcome<unknown> | undefined) => void;
}

/** The healing of one call, from its failed first attempt to the response that the client gets. */
export class CallHealing {
  readonly call: ToolCall;
  readonly #ports: HealingPorts;
  readonly #control = new AbortController();
  /** The responses by the value or error that the healer got from them. */
  readonly #responses = new Map<unknown, Message>();
  #pending: PendingRequest | undefined;
  #cancelled = false;
  /** What the client has come back to. */
  #question: CallQuestion | undefined;
  /** What the last decision about a retry was based on; null if annotations do not matter. */
  #annotations: ToolAnnotations | undefined | null = null;

  constructor(call: ToolCall, ports: HealingPorts) {
    this.call = call;
    this.#ports = ports;
  }

  /**
   * Heals, and responds to the client. Never rejects.
   *
   * @param failure The response, or the error if there was none; null if the client comes back with what it was asked for.
   */
  async run(failure: Message | Error | null): Promise<void> {
    if (failure === null) await this.#resume();
    else await this.#run(failure instanceof Error ? { thrown: true, error: markProof(failure) } : this.#read(failure));
  }

  async #run(first: RawOutcome<unknown>, sent: FirstAttempt = {}): Promise<void> {
    const { trace } = this.call;
    const question = this.#question ?? questionOf(this.call, this.#ports.healer);
    const deferral = question instanceof Promise ? (await question)?.deferral : question?.deferral;
    const heal = () => this.#heal(first, { ...sent, deferral });
    const outcome = await (trace === undefined ? heal() : trace.within(heal));
    trace?.end({ outcome, cancelled: this.#cancelled });
    const [bytes, final] = this.#finalResponse(first, outcome);
    const asking =
      outcome && deferral?.question && (await (await question)?.ask(outcome, () => this.#stored(bytes, final)));
    // The call may be kept for checks, which need none of them.
    this.#responses.clear();
    this.#ports.onFinished(outcome);
    // The protocol has no response to a cancelled request.
    if (this.#cancelled) return;
    if (asking === undefined) this.#ports.respond(bytes, final);
    else this.#respondItself({ result: asking });
  }

  /** The client has come back with what it was asked for. */
  async #resume(): Promise<void> {
    const question = await questionOf(this.call, this.#ports.healer);
    this.#question = question;
    const resumed = await question?.resume(this.#control.signal);
    if (resumed?.kind === 'heal') {
      const { diagnosis, failedAt } = resumed;
      await this.#run(this.#restored(resumed.failure), { diagnosis, failedAt });
      return;
    }
    this.#ports.onFinished(undefined);
    if (this.#cancelled) return;
    if (resumed?.kind === 'ended')
      this.#ports.respond(...this.#finalResponse(this.#restored(resumed.failure), undefined));
    else if (resumed?.kind === 'ask') this.#respondItself({ result: resumed.result });
    else {
      const { code, message } = resumed ?? unexpectedState;
      this.#respondItself({ error: { code, message } });
    }
  }

  #respondItself(body: object): void {
    const text = JSON.stringify(body).slice(1);
    const bytes = Buffer.from(`{"jsonrpc":"2.0","id":${this.call.rawId},${text}\n`);
    this.#ports.respond(bytes, { outcome: undefined, response: undefined, isOwn: true });
  }

  /** The response that the client would have got, in a form that travels through it. */
  #stored(bytes: Buffer, { outcome }: FinalResponse): Readonly<Record<string, unknown>> {
    const http = this.#ports.httpForm?.store(outcome);
    if (http !== undefined) return { http };
    const { result, error } = readMessage(bytes);
    if (result !== undefined) return { result: rawText(bytes, result) };
    return { error: error && rawText(bytes, error) };
  }

  #restored({ http, result, error }: Readonly<Record<string, unknown>>): RawOutcome<unknown> {
    const { httpForm } = this.#ports;
    if (isRecord(http) && httpForm !== undefined) return { thrown: true, error: httpForm.restore(http) };
    const member = typeof result === 'string' ? `"result":${result}` : `"error":${String(error ?? '{}')}`;
    return this.#read(readMessage(Buffer.from(`{"jsonrpc":"2.0","id":${this.call.rawId},${member}}\n`)));
  }

  /** Cancels healing at once and without a response. @param notification The client's own. */
  cancel(notification: Message): void {
    this.#cancelled = true;
    const reason = new DOMException('the client has cancelled the call', 'AbortError');
    this.#pending?.cancel(reason, notification);
    this.#control.abort(reason);
  }

  /** Ends healing at once; the client gets the last failure. */
  abandonHealing(): void {
    this.#control.abort(new DOMException('the proxy is ending', 'AbortError'));
  }

  /** Resolves with undefined if the healer itself fails: the client then gets the first failure. */
  async #heal(first: RawOutcome<unknown>, more: FirstAttempt): Promise<RunOutcome<unknown> | undefined> {
    const { tool, startedAt } = this.call;
    const { healer, approve, onFix, sent } = this.#ports;
    const { signal } = this.#control;
    try {
      const args = argumentsOf(this.call);
      return await healer.heal(tool, first, (attempt) => this.#attempt(attempt), {
        ...{ args, signal, approve, onFix, startedAt, ...sent, ...more },
        annotations: () => this.#readAnnotations(this.#annotations !== null),
        again: (checkSignal) => this.#makeAgain(checkSignal),
      });
    } catch {
      return undefined;
    }
  }

  #readAnnotations(isRetry: boolean): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    const known = this.#ports.annotations(isRetry);
    if (known instanceof Promise) return this.#awaitAnnotations(known);
    this.#annotations = known;
    return known;
  }

  async #awaitAnnotations(asked: Promise<ToolAnnotations | undefined>): Promise<ToolAnnotations | undefined> {
    this.#annotations = (await Promise.race([asked, aborted(this.#control.signal)])) ?? undefined;
    return this.#annotations;
  }

  /** The retry was decided by the annotations of a server that another one may have replaced meanwhile. */
  async #mayResend(attempt: TransportAttempt): Promise<boolean> {
    const decidedBy = this.#annotations;
    if (decidedBy !== null && !isSame(decidedBy, await this.#ports.annotations(true))) return false;
    return attempt.takeCall();
  }

  #finalResponse(first: RawOutcome<unknown>, run: RunOutcome<unknown> | undefined): [Buffer, FinalResponse] {
    const last: RawOutcome<unknown> = run === undefined ? first : run.ok ? { thrown: false, value: run.value } : run;
    const outcome = last.thrown ? last.error : last.value;
    const response = outcome instanceof HttpError ? outcome.answer : this.#responses.get(outcome);
    return [this.#bytesOf(outcome, response, run), { outcome, response }];
  }

  #bytesOf(outcome: unknown, response: Message | undefined, run: RunOutcome<unknown> | undefined): Buffer {
    const { rawId } = this.call;
    if (response !== undefined) return run === undefined ? response.bytes : healedResponse(rawId, response, run);
    const message = messageOf(outcome, 'healflow: the call failed');
    return errorResponse(rawId, errorCodes.serverError, message);
  }

  /** Makes the call again for a check, after its end. */
  async #makeAgain(signal: AbortSignal): Promise<RawOutcome<unknown>> {
    const { sendCheck } = this.#ports;
    if (sendCheck === undefined) throw new Error('this call cannot be made again');
    const pending = sendCheck((rawId, rawToken) => this.#request(rawId, rawToken));
    try {
      const { bytes, error, result } = await awaitResponse(pending, signal);
      if (error !== undefined) return { thrown: true, error: new JsonRpcError(parseSpan(bytes, error)) };
      return { thrown: false, value: parseSpan(bytes, result) };
    } catch (error) {
      return { thrown: true, error: error instanceof Error ? markProof(error) : error };
    }
  }

  async #attempt(attempt: TransportAttempt): Promise<unknown> {
    clearActivity(this.call);
    const pending = this.#ports.send(
      (rawId, rawToken) => this.#request(rawId, rawToken),
      () => this.#mayResend(attempt),
    );
    this.#pending = pending;
    try {
      // What rejects here is the connection's failure, not the tool's.
      const response = await awaitResponse(pending, attempt.signal).catch((error: unknown) => {
        throw error instanceof Error ? markProof(error) : error;
      });
      const outcome = this.#read(response);
      if (outcome.thrown) throw outcome.error;
      return outcome.value;
    } finally {
      this.#pending = undefined;
    }
  }

  #request(rawId: string, rawToken: string): Buffer {
    const { request } = this.call;
    const token = progressTokenOf(request);
    return splice(request.bytes, [
      ...(request.id === undefined ? [] : [{ ...request.id, bytes: rawId }]),
      ...(token === undefined ? [] : [{ ...token, bytes: rawToken }]),
      ...traceContextEdits(request, this.#ports.healer.telemetry?.inject()),
    ]);
  }

  #read(response: Message): RawOutcome<unknown> {
    if (response.error !== undefined) {
      const error = new JsonRpcError(parseSpan(response.bytes, response.error));
      this.#responses.set(error, response);
      return withActivity(this.call, { thrown: true, error });
    }
    const value = parseSpan(response.bytes, response.result);
    this.#responses.set(value, response);
    return withActivity(this.call, { thrown: false, value });
  }
}

const isSame = (one: ToolAnnotations | undefined, other: ToolAnnotations | undefined): boolean =>
  one?.readOnlyHint === other?.readOnlyHint &&
  one?.idempotentHint === other?.idempotentHint &&
  one?.destructiveHint === other?.destructiveHint;

/** Puts the trace context of an attempt into the `_meta` of its request; a request without a trace context has none. */
const traceContextEdits = ({ bytes, params }: Message, carrier: TraceCarrier | undefined): Edit[] => {
  if (carrier?.traceparent === undefined || params === undefined) return [];
  const meta = memberAt(bytes, params.start, '_meta');
  if (meta === undefined || memberAt(bytes, meta.start, 'traceparent') === undefined) return [];
  const edits: Edit[] = [];
  eachMember(bytes, meta.start, (key, value) => {
    if (key !== 'traceparent' && key !== 'tracestate') return;
    const text = carrier[key];
    if (text !== undefined) edits.push({ ...value, bytes: JSON.stringify(text) });
  });
  return edits;
};
