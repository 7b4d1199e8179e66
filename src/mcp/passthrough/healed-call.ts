import type { ServerEvent } from '../../http/events.ts';
import type { RunOutcome } from '../../model/run.ts';
import { Approvals } from '../healing/approvals.ts';
import { messageShowsActivity, noteActivity } from '../healing/call-activity.ts';
import { attemptTimeout, CallGate } from '../healing/call-gate.ts';
import { CallHealing, type MayResend } from '../healing/call-healing.ts';
import { ProgressTracker } from '../healing/progress-tracker.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { errorCodes, errorResponse } from '../jsonrpc/errors.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { cancelNotification } from '../protocol/cancellation.ts';
import type { CallPorts } from './call-ports.ts';
import { CallResponse } from './call-response.ts';
import { sendCheck } from './check-call.ts';
import {
  asError,
  httpFormOf,
  isFailure,
  readFailure,
  readWhole,
  refusalCheck,
  StreamRefusal,
  TruncatedResponseError,
} from './failure.ts';
import { eventData, headOf, isEvents, isJson, passBody, readEvents, type UpstreamResponse } from './response.ts';
import { eventsHead, type ResponseWriter } from './response-writer.ts';
import { Retries } from './retries.ts';
import type { PendingCall } from './session.ts';

/**
 * One `tools/call` on its way through the proxy.
 *
 * The response to the first attempt passes as it is, but a failed response is held back until the call is
 * healed. Each later attempt is a request of its own, and the client gets one response in the end.
 */
export class PassthroughCall implements PendingCall {
  readonly call: ToolCall;
  readonly #ports: CallPorts;
  readonly #writer: ResponseWriter;
  readonly #gate: CallGate;
  readonly #progress: ProgressTracker;
  readonly #approvals: Approvals;
  readonly #retries: Retries;
  readonly #response: CallResponse;
  readonly #firstAttempt = new AbortController();
  #healing: CallHealing | undefined;
  #healed: Promise<void> | undefined;
  /** Whether the client has cancelled the call: a response that still comes passes as it is. */
  #isCancelled = false;

  constructor(call: ToolCall, writer: ResponseWriter, ports: CallPorts) {
    const { ids, clock, progressEveryMs, session } = ports;
    this.call = call;
    this.#ports = ports;
    this.#writer = writer;
    this.#response = new CallResponse(call, writer, ports);
    this.#gate = new CallGate(ports);
    const toClient = (bytes: Buffer): void => this.#response.send(bytes);
    this.#progress = new ProgressTracker(ids, clock, progressEveryMs, toClient);
    this.#approvals = new Approvals({ ids, toClient });
    this.#retries = new Retries(call, ports, {
      progress: this.#progress,
      forms: this.#response.forms,
      handleNotification: (message) => this.#handleNotification(message),
      sendToClient: (bytes, head) => this.#response.send(bytes, head),
      whenWritable: () => this.#response.whenWritable(),
      notifyCancelled: (notification) => this.#notifyCancelled(notification),
    });
    if (session.initialize !== undefined) this.#approvals.noteRequest(session.initialize);
  }

  /** Whether no client is connected: it is gone, or has its response, and may still come back for it. */
  get isDetached(): boolean {
    return this.#response.isDetached;
  }

  /** Runs until the client has its response, or needs none. Never rejects. */
  async run(): Promise<void> {
    const { call } = this;
    this.#ports.session.addCall(call.key, this);
    this.#progress.first(call);
    this.#writer.closed.addEventListener('abort', () => this.#clientGone(), { once: true });
    try {
      if (call.returned !== undefined) this.#heal(null);
      else await this.#attemptFirst(() => this.#gate.stopTimer(call));
    } catch (error) {
      if (!this.#firstAttempt.signal.aborted) this.#heal(asError(error));
    } finally {
      this.#gate.stopTimer(call);
    }
    await this.#healed;
    if (!this.#response.mayComeBack || (this.#response.isOver && !this.#response.isUndelivered)) this.#close();
  }

  noteServerMessage(message: Message): void {
    if (messageShowsActivity(message)) noteActivity(this.call);
    this.#progress.note(message);
  }

  /** Handles a response to this call that came on another stream. Returns false if it passes as it is. */
  resumeOn(message: Message, event: ServerEvent, stream: ResponseWriter): boolean {
    if (this.#response.isUndelivered) {
      this.#response.redeliver(event, stream);
      return true;
    }
    if (this.#healing !== undefined) {
      this.#response.moveTo(stream);
      return true;
    }
    if (this.#passes(message)) {
      this.#close();
      return false;
    }
    this.#response.moveTo(stream);
    this.#response.hold(message, { head: eventsHead, event });
    this.#heal(message);
    return true;
  }

  /** Resolves when healing has ended. */
  async settled(): Promise<void> {
    await this.#healed;
  }

  /** The client has cancelled the call. Returns true if this call notifies the server itself. */
  cancel(notification: Message): boolean {
    const healing = this.#healing;
    if (healing === undefined) {
      this.#isCancelled = true;
      this.call.trace?.end({ cancelled: true });
    } else healing.cancel(notification);
    this.#close();
    return healing !== undefined;
  }

  /** Takes the client's response to a request of healflow; false if it is none. */
  handleResponse(message: Message): boolean {
    return this.#approvals.handleResponse(message);
  }

  /** Ends healing: the client gets the last response of the tool. */
  abandonHealing(): void {
    this.#healing?.abandonHealing();
  }

  async #attemptFirst(received: () => void): Promise<void> {
    this.#gate.startTimer(this.call, this.#ports.session.lists, (reason) => this.#timeOut(reason));
    const response = await this.#ports.send(this.call.request.bytes, this.#firstAttempt.signal, this.#mayResend);
    await this.#takeFirst(response, received);
  }

  readonly #mayResend: MayResend = async () => this.#gate.takeCalls([this.call]);

  /** Takes the response to the first attempt. A stream may have been begun, if the call was sent again. */
  async #takeFirst(response: UpstreamResponse, received: () => void): Promise<void> {
    const { maxBytes } = this.#ports;
    const writer = this.#writer;
    if (isFailure(response)) {
      const failure = await readFailure(response, maxBytes);
      received();
      if (failure.bytes === undefined && !writer.started) await this.#pass(failure.response);
      else this.#heal(failure);
      return;
    }
    if (isEvents(response)) {
      await this.#readFirst(response, received);
      return;
    }
    if (!isJson(response)) {
      if (writer.started) throw new Error('the MCP server returned something other than the response to the call');
      received();
      await this.#pass(response);
      return;
    }
    const { bytes, isWhole, response: same } = await readWhole(response, maxBytes);
    received();
    const message = isWhole ? readMessage(bytes) : undefined;
    if (message?.kind === 'response' && message.key === this.call.key && !this.#passes(message)) {
      this.#response.hold(message, { head: headOf(same), event: undefined });
      this.#heal(message);
      return;
    }
    if (writer.started) {
      if (isWhole) writer.event({ event: 'message', data: eventData(bytes) });
      if (isWhole) writer.end();
      else writer.destroy();
    } else if (isWhole) writer.send(headOf(same), bytes);
    else await this.#pass(same);
    this.#response.isOver = true;
  }

  async #pass(response: UpstreamResponse): Promise<void> {
    this.#response.isOver = true;
    this.#writer.begin(headOf(response));
    await passBody(response, this.#writer);
  }

  async #readFirst(response: UpstreamResponse, received: () => void): Promise<void> {
    const writer = this.#writer;
    const head = headOf(response);
    writer.begin(head, true);
    let isPassed = false;
    const checkRefusal = refusalCheck((message) => this.#ports.mayRefuse(response, message));
    const event = (block: ServerEvent): void => {
      if (block.id !== undefined && block.id !== '') this.#response.mayComeBack = true;
      const message = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
      if (message !== undefined) checkRefusal(message, block);
      if (
        message !== undefined &&
        message.kind === 'response' &&
        message.key === this.call.key &&
        !this.#response.isOver
      ) {
        received();
        if (!this.#passes(message)) {
          this.#response.hold(message, { head, event: block });
          this.#heal(message);
          return;
        }
        this.#response.isOver = true;
      } else if (message !== undefined && this.#handleNotification(message)) return;
      writer.event(block.raw);
    };
    const overflow = (piece: Buffer, isLast: boolean): void => {
      isPassed = true;
      writer.piece(piece, isLast);
    };
    const rest = await readEvents(response, this.#ports.maxBytes, { event, overflow }, () =>
      writer.whenWritable(),
    ).catch((error: unknown) => {
      if (this.#healing !== undefined) return undefined;
      if (error instanceof StreamRefusal) return error;
      if (this.#firstAttempt.signal.aborted || this.#response.isOver || this.#response.mayComeBack || isPassed) {
        writer.destroy();
        return undefined;
      }
      throw error;
    });
    if (this.#healing !== undefined) return;
    if (rest === undefined) return;
    if (rest instanceof StreamRefusal) {
      await this.#refusedFirst(response, rest, received);
      return;
    }
    // A stream with event ids can be resumed; one without has lost its response.
    if (!this.#response.isOver && !this.#response.mayComeBack && !isPassed && !writer.ended) {
      throw new TruncatedResponseError('the stream of the MCP server ended before its response');
    }
    writer.write(rest);
    writer.end();
  }

  /** Sends the call again if the server has lost its session; else takes the error for what it is. */
  async #refusedFirst(
    response: UpstreamResponse,
    { refusal, event }: StreamRefusal,
    received: () => void,
  ): Promise<void> {
    const again = await this.#ports.sendAgain(response, refusal, this.#firstAttempt.signal, this.#mayResend);
    if (this.#healing !== undefined) return;
    if (again !== undefined) {
      await this.#takeFirst(again, received);
      return;
    }
    received();
    if (!this.#passes(refusal)) {
      this.#response.hold(refusal, { head: headOf(response), event });
      this.#heal(refusal);
      return;
    }
    this.#response.isOver = true;
    this.#writer.event(event.raw);
    this.#writer.end();
  }

  /** Whether the response passes unchanged. */
  #passes(response: Message): boolean {
    return this.#isCancelled || this.#gate.passes(this.call, response);
  }

  /** Handles a notification or request of the server. Returns true if it must not pass as it is. */
  #handleNotification(message: Message): boolean {
    if (message.kind === 'response') return false;
    if (messageShowsActivity(message)) noteActivity(this.call);
    if (message.method === 'notifications/tools/list_changed') this.#ports.session.lists.toolsChanged();
    if (this.#ports.session.refusesOwnId(message)) return true;
    return message.method === 'notifications/progress' && this.#progress.pass(message);
  }

  #timeOut(reason: string): void {
    if (this.#healing !== undefined || this.#response.isOver) return;
    this.#notifyCancelled(cancelNotification(this.call.rawId, reason));
    this.#firstAttempt.abort();
    this.#heal(attemptTimeout(this.call, reason));
  }

  #clientGone(): void {
    // In the protocol with sessions a lost connection cancels nothing: the client may come back for its response.
    if (this.#response.mayComeBack && !this.#ports.isStateless) {
      if (this.#healing === undefined) this.#firstAttempt.abort();
      return;
    }
    this.#firstAttempt.abort();
    this.abandonHealing();
  }

  #heal(failure: Message | Error | null): void {
    if (this.#healing !== undefined) return;
    const { call } = this;
    if (this.#isCancelled && failure instanceof Error) {
      this.#response.respond(errorResponse(call.rawId, errorCodes.serverError, failure.message), {
        outcome: failure,
        response: undefined,
      });
      return;
    }
    const { healer, session, approves, onHealed } = this.#ports;
    this.#progress.beginHealing(call);
    const healing = new CallHealing(call, {
      healer,
      sent: this.#gate.sentOf(call),
      annotations: (isRetry) => this.#gate.annotationsOf(call, session.lists, isRetry),
      approve: approves ? this.#approvals.approve : undefined,
      send: (edit, mayResend) => this.#retries.send(edit, mayResend),
      sendCheck: (edit) => sendCheck(call, this.#ports, edit),
      respond: (bytes, final) => this.#response.respond(bytes, final),
      httpForm: httpFormOf(call),
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
        if (this.#response.isUndelivered) return;
        if (!this.#response.isOver) this.#response.end();
        this.#close();
      });
  }

  #notifyCancelled(notification: Buffer): void {
    const { isStateless, sendNotification } = this.#ports;
    // Without sessions, the end of the connection cancels the request.
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
