import type { ServerEvent } from '../../http/events.ts';
import type { RunOutcome } from '../../model/run.ts';
import { Approvals } from '../healing/approvals.ts';
import { attemptTimeout, CallGate } from '../healing/call-gate.ts';
import { CallHealing, type FinalResponse } from '../healing/call-healing.ts';
import { ProgressTracker } from '../healing/progress-tracker.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { errorCodes, errorResponse } from '../jsonrpc/errors.ts';
import { withoutLineEnd } from '../jsonrpc/lines.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { splice } from '../jsonrpc/raw-json.ts';
import { cancelled } from '../protocol/cancellation.ts';
import type { CallPorts } from './call-ports.ts';
import { HttpFailure, isFailure, readFailure, TruncatedResponseError } from './failure.ts';
import {
  eventData,
  eventFields,
  headOf,
  isEvents,
  isJson,
  passBody,
  type ResponseForms,
  readEvents,
  readUpTo,
  type UpstreamResponse,
} from './response.ts';
import { eventsHead, type Head, type ResponseWriter, standardHead } from './response-writer.ts';
import { Retries } from './retries.ts';
import type { PendingCall } from './session.ts';

/**
 * One `tools/call` on its way through the proxy.
 *
 * What the server says to the first attempt passes as it comes, but a failed answer is held back until the call is
 * healed. From then on every attempt is a request of its own, and the client gets one answer in the end.
 */
export class PassthroughCall implements PendingCall {
  readonly call: ToolCall;
  readonly #ports: CallPorts;
  readonly #writer: ResponseWriter;
  readonly #gate: CallGate;
  readonly #progress: ProgressTracker;
  readonly #approvals: Approvals;
  readonly #forms: ResponseForms = new WeakMap();
  readonly #retries: Retries;
  readonly #firstAttempt = new AbortController();
  /** Where the answer goes: the request's own writer, or a stream that the client has come back on. */
  #out: ResponseWriter;
  #healing: CallHealing | undefined;
  #healed: Promise<void> | undefined;
  /** The event of the first attempt that is held back. */
  #held: ServerEvent | undefined;
  /** The healed answer, which the client may have missed. */
  #undelivered: Buffer | undefined;
  #isOver = false;
  /** The client has taken the call back: what comes of it all the same passes as it is. */
  #isCancelled = false;
  /** Whether the client knows ids of events, so that it can come back for its answer. */
  #mayComeBack = false;

  constructor(call: ToolCall, writer: ResponseWriter, ports: CallPorts) {
    const { ids, clock, progressEveryMs, session } = ports;
    this.call = call;
    this.#ports = ports;
    this.#writer = writer;
    this.#out = writer;
    this.#gate = new CallGate(ports);
    const toClient = (bytes: Buffer): void => this.#sendToClient(bytes);
    this.#progress = new ProgressTracker(ids, clock, progressEveryMs, toClient);
    this.#approvals = new Approvals({ ids, toClient });
    this.#retries = new Retries(call, ports, {
      progress: this.#progress,
      forms: this.#forms,
      handleNotification: (message) => this.#handleNotification(message),
      sendToClient: (bytes, head) => this.#sendToClient(bytes, head),
      whenWritable: () => this.#out.whenWritable(),
      notifyCancelled: (notification) => this.#notifyCancelled(notification),
    });
    if (session.initialize !== undefined) this.#approvals.noteRequest(session.initialize);
  }

  /** Whether nobody listens: the client has gone away, or has its answer, and may yet come back for it. */
  get isDetached(): boolean {
    return this.#out.ended;
  }

  /** Runs until the client has its answer, or nobody waits for one. Never rejects. */
  async run(): Promise<void> {
    const { call } = this;
    this.#ports.session.addCall(call.key, this);
    this.#progress.first(call);
    const onGone = (): void => this.#clientGone();
    this.#writer.closed.addEventListener('abort', onGone, { once: true });
    this.#gate.startTimer(call, (reason) => this.#timeOut(reason));
    try {
      await this.#attemptFirst(() => this.#gate.stopTimer(call));
    } catch (error) {
      if (!this.#firstAttempt.signal.aborted) this.#heal(asError(error));
    } finally {
      this.#gate.stopTimer(call);
    }
    await this.#healed;
    if (!this.#mayComeBack || (this.#isOver && this.#undelivered === undefined)) this.#close();
  }

  /** Looks at an answer to this call that came on another stream. Returns false if it passes as it is. */
  resumeOn(message: Message, event: ServerEvent, stream: ResponseWriter): boolean {
    if (this.#undelivered !== undefined) {
      stream.event({ ...eventFields(event), data: eventData(this.#undelivered) });
      return true;
    }
    if (this.#healing !== undefined) {
      this.#out = stream;
      return true;
    }
    if (this.#passes(message)) {
      this.#close();
      return false;
    }
    this.#out = stream;
    this.#held = event;
    this.#forms.set(message, { head: eventsHead, event });
    this.#heal(message);
    return true;
  }

  /** Resolves when nothing more is to be expected of the healing. */
  async settled(): Promise<void> {
    await this.#healed;
  }

  /** The client has taken the call back. Returns true if the server is told by this call itself. */
  cancel(notification: Message): boolean {
    const healing = this.#healing;
    if (healing === undefined) {
      this.#isCancelled = true;
      this.call.trace?.end({ cancelled: true });
    } else healing.cancel(notification);
    this.#close();
    return healing !== undefined;
  }

  /** Takes the client's answer to a question of healflow's own; false if it is none. */
  handleResponse(message: Message): boolean {
    return this.#approvals.handleResponse(message);
  }

  /** Ends healing: the client gets what the tool gave last. */
  abandonHealing(): void {
    this.#healing?.abandonHealing();
  }

  async #attemptFirst(received: () => void): Promise<void> {
    const { send, maxBytes } = this.#ports;
    const writer = this.#writer;
    const answer = await send(this.call.request.bytes, this.#firstAttempt.signal);
    if (isFailure(answer)) {
      const failure = await readFailure(answer, maxBytes);
      received();
      if (failure.bytes === undefined) await this.#pass(failure.response);
      else this.#heal(failure);
      return;
    }
    if (isEvents(answer)) {
      await this.#readFirst(answer, received);
      return;
    }
    if (!isJson(answer)) {
      received();
      await this.#pass(answer);
      return;
    }
    const {
      bytes,
      isWhole,
      answer: same,
    } = await readUpTo(answer, maxBytes).catch((cause: unknown) => {
      throw new TruncatedResponseError('the answer of the MCP server broke off', { cause });
    });
    received();
    const message = isWhole ? readMessage(bytes) : undefined;
    if (message?.kind === 'response' && message.key === this.call.key && !this.#passes(message)) {
      this.#forms.set(message, { head: headOf(same), event: undefined });
      this.#heal(message);
      return;
    }
    if (isWhole) writer.send(headOf(same), bytes);
    else await this.#pass(same);
    this.#isOver = true;
  }

  async #pass(answer: UpstreamResponse): Promise<void> {
    this.#isOver = true;
    this.#writer.begin(headOf(answer));
    await passBody(answer, this.#writer);
  }

  async #readFirst(answer: UpstreamResponse, received: () => void): Promise<void> {
    const writer = this.#writer;
    const head = headOf(answer);
    writer.begin(head, true);
    let isPassed = false;
    const event = (block: ServerEvent): void => {
      if (block.id !== undefined && block.id !== '') this.#mayComeBack = true;
      const message = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
      if (message !== undefined && message.kind === 'response' && message.key === this.call.key && !this.#isOver) {
        received();
        if (!this.#passes(message)) {
          this.#held = block;
          this.#forms.set(message, { head, event: block });
          this.#heal(message);
          return;
        }
        this.#isOver = true;
      } else if (message?.kind === 'notification' && this.#handleNotification(message)) return;
      writer.event(block.raw);
    };
    const overflow = (piece: Buffer, isLast: boolean): void => {
      isPassed = true;
      writer.piece(piece, isLast);
    };
    const rest = await readEvents(answer, this.#ports.maxBytes, { event, overflow }, () => writer.whenWritable()).catch(
      (error: unknown) => {
        if (this.#healing !== undefined) return undefined;
        if (this.#firstAttempt.signal.aborted || this.#isOver || this.#mayComeBack || isPassed) {
          writer.destroy();
          return undefined;
        }
        throw error;
      },
    );
    if (this.#healing !== undefined) return;
    if (rest === undefined) return;
    // A stream that gave ids may be left and taken up again; one without has lost its answer.
    if (!this.#isOver && !this.#mayComeBack && !isPassed && !writer.ended) {
      throw new TruncatedResponseError('the stream of the MCP server ended before its answer');
    }
    writer.write(rest);
    writer.end();
  }

  /** Whether the response passes unchanged. */
  #passes(response: Message): boolean {
    return this.#isCancelled || this.#gate.passes(this.call, response);
  }

  /** Takes note of a notification of the server's. Returns true if it goes no further as it is. */
  #handleNotification(message: Message): boolean {
    if (message.method === 'notifications/tools/list_changed') this.#ports.session.lists.toolsChanged();
    return message.method === 'notifications/progress' && this.#progress.pass(message);
  }

  #timeOut(reason: string): void {
    if (this.#healing !== undefined || this.#isOver) return;
    this.#notifyCancelled(cancelled(this.call.rawId, reason));
    this.#firstAttempt.abort();
    this.#heal(attemptTimeout(this.call, reason));
  }

  #clientGone(): void {
    // In the protocol with sessions a lost connection takes nothing back: the client may come back for its answer.
    if (this.#mayComeBack && !this.#ports.isStateless) {
      if (this.#healing === undefined) this.#firstAttempt.abort();
      return;
    }
    this.#firstAttempt.abort();
    this.abandonHealing();
  }

  #heal(failure: Message | Error): void {
    if (this.#healing !== undefined) return;
    const { call } = this;
    if (this.#isCancelled && failure instanceof Error) {
      this.#respond(errorResponse(call.rawId, errorCodes.serverError, failure.message), {
        outcome: failure,
        response: undefined,
      });
      return;
    }
    const { healer, session, approves, onHealed } = this.#ports;
    this.#progress.beginHealing(call);
    const healing = new CallHealing(call, {
      healer,
      annotations: () => this.#gate.annotationsOf(call, session.lists),
      approve: approves ? this.#approvals.approve : undefined,
      send: (edit) => this.#retries.send(edit),
      respond: (bytes, final) => this.#respond(bytes, final),
      onFix: (fix) => this.#progress.fixing(call, fix),
      onFinished: (outcome: RunOutcome<unknown> | undefined) => {
        this.#progress.end(call);
        if (outcome !== undefined) onHealed(outcome);
      },
    });
    this.#healing = healing;
    this.#healed = this.#ports
      .within(() => healing.run(failure))
      .finally(() => {
        if (this.#undelivered !== undefined) return;
        if (!this.#isOver) this.#endSilently();
        this.#close();
      });
  }

  /** Says something to the client before its answer, where it can be said. */
  #sendToClient(bytes: Buffer, head: Head = eventsHead): void {
    const out = this.#out;
    if (!out.started && this.#ports.takesEvents) out.begin(head, true);
    if (out.isEvents) out.event({ event: 'message', data: eventData(bytes) });
  }

  /** Gives the client its answer, in the form that it came in where that is still possible. */
  #respond(bytes: Buffer, { outcome, response }: FinalResponse): void {
    const out = this.#out;
    const form = response && this.#forms.get(response);
    if (!out.started && outcome instanceof HttpFailure && outcome.bytes !== undefined) {
      out.send(headOf(outcome.response), this.#withClientId(outcome.bytes));
    } else if (!out.started && form !== undefined && form.event === undefined) {
      out.send(form.head, bytes);
    } else if (!out.started && form === undefined) {
      out.send(badGateway, withoutLineEnd(bytes));
    } else {
      out.begin(form?.head ?? eventsHead, true);
      this.#respondWithEvent(
        outcome instanceof HttpFailure ? this.#rpcErrorOf(outcome, bytes) : bytes,
        response,
        form?.event,
      );
      if (out === this.#writer) out.end();
    }
    this.#isOver = true;
  }

  #respondWithEvent(bytes: Buffer, answer: Message | undefined, event: ServerEvent | undefined): void {
    const out = this.#out;
    const held = this.#held;
    const isShort = bytes.length + this.call.request.bytes.length <= keptBytes;
    // Whether a client that goes away has read what was written last cannot be known.
    if (this.#mayComeBack && (out.ended || isShort)) this.#undelivered = bytes;
    if (event !== undefined && event === held && bytes === answer?.bytes) {
      out.event(event.raw);
    } else {
      out.event({ ...(held === undefined ? { event: 'message' } : eventFields(held)), data: eventData(bytes) });
    }
  }

  /** The JSON-RPC error in the body of a failure, else one that says what happened. */
  #rpcErrorOf({ bytes }: HttpFailure, text: Buffer): Buffer {
    const parsed = bytes && readMessage(bytes);
    if (parsed?.error === undefined || parsed.id === undefined) return text;
    return splice(parsed.bytes, [{ ...parsed.id, bytes: this.call.rawId }]);
  }

  /** A body of a later attempt names that attempt; the client's own id stands there for it. */
  #withClientId(bytes: Buffer): Buffer {
    const parsed = readMessage(bytes);
    return parsed.id !== undefined && this.#ports.ids.issued(parsed.key)
      ? splice(bytes, [{ ...parsed.id, bytes: this.call.rawId }])
      : bytes;
  }

  /** No answer is asked for any more. */
  #endSilently(): void {
    const out = this.#out;
    this.#isOver = true;
    if (out !== this.#writer) return;
    if (!out.started) out.begin(this.#ports.takesEvents ? eventsHead : accepted, this.#ports.takesEvents);
    out.end();
  }

  #notifyCancelled(notification: Buffer): void {
    const { isStateless, sendNotification } = this.#ports;
    // Without sessions the end of the connection says it.
    if (!isStateless) sendNotification(notification);
  }

  #close(): void {
    const { call } = this;
    const { session } = this.#ports;
    this.#progress.end(call);
    call.trace?.end({});
    session.removeCall(call.key, this);
  }
}

/** A longer answer is not kept for a client that may have read it. */
const keptBytes = 262_144;

const accepted = standardHead(202);
const badGateway = standardHead(502, [['Content-Type', 'application/json']]);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error('the request failed'));
