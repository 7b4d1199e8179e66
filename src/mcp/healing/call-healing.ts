import type { Approve } from '../../model/fix.ts';
import { markProof } from '../../model/proof.ts';
import type { RawOutcome, RunOutcome, ToolAnnotations, TransportAttempt } from '../../model/run.ts';
import type { FixName } from '../../model/terms.ts';
import { aborted } from '../../platform/wait.ts';
import type { TraceCarrier } from '../../telemetry/port.ts';
import { messageOf } from '../../text/error-text.ts';
import { errorCodes, errorResponse, HttpError, JsonRpcError } from '../jsonrpc/errors.ts';
import type { Message } from '../jsonrpc/message.ts';
import { type Edit, eachMember, memberAt, parseSpan, splice } from '../jsonrpc/raw-json.ts';
import { progressTokenOf } from '../protocol/progress.ts';
import { clearActivity, withActivity } from './call-activity.ts';
import type { SentAttempt } from './call-gate.ts';
import type { HealerPort } from './healer-port.ts';
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
  readonly respond: (bytes: Buffer, final: FinalResponse) => void;
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
  /** What the last decision about a retry was based on; null if annotations do not matter. */
  #annotations: ToolAnnotations | undefined | null = null;

  constructor(call: ToolCall, ports: HealingPorts) {
    this.call = call;
    this.#ports = ports;
  }

  /** Heals, and responds to the client. Never rejects. @param failure The response, or the error if there was none. */
  async run(failure: Message | Error): Promise<void> {
    const first: RawOutcome<unknown> =
      failure instanceof Error ? { thrown: true, error: markProof(failure) } : this.#read(failure);
    const { trace } = this.call;
    const heal = () => this.#heal(first);
    const outcome = await (trace === undefined ? heal() : trace.within(heal));
    trace?.end({ outcome, cancelled: this.#cancelled });
    this.#ports.onFinished(outcome);
    // The protocol has no response to a cancelled request.
    if (!this.#cancelled) this.#ports.respond(...this.#finalResponse(first, outcome));
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
  async #heal(first: RawOutcome<unknown>): Promise<RunOutcome<unknown> | undefined> {
    const { tool, startedAt } = this.call;
    const { healer, approve, onFix, sent } = this.#ports;
    const { signal } = this.#control;
    try {
      const args = argumentsOf(this.call);
      return await healer.heal(tool, first, (attempt) => this.#attempt(attempt), {
        ...{ args, signal, approve, onFix, startedAt, ...sent },
        annotations: () => this.#readAnnotations(this.#annotations !== null),
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
