import { HealError } from '../../errors.ts';
import { Approvals } from '../healing/approvals.ts';
import { AttemptTimers } from '../healing/attempt-timers.ts';
import { CallHealing } from '../healing/call-healing.ts';
import { singleTextOf } from '../healing/plain-result.ts';
import { ProgressTracker } from '../healing/progress-tracker.ts';
import { isFinalResult, readToolCall, requestAsCall, type ToolCall } from '../healing/tool-call.ts';
import { BatchEdit, type HeldElement } from '../jsonrpc/batch.ts';
import { errorCodes, errorResponse, JsonRpcError, UpstreamDiedError } from '../jsonrpc/errors.ts';
import { copyMessage, type Message, rawText, readMessage } from '../jsonrpc/message.ts';
import { parseSpan, splice } from '../jsonrpc/raw-json.ts';
import { cancelled, cancelledKey } from '../protocol/cancellation.ts';
import { Handshake } from '../protocol/handshake.ts';
import { listChangedNotification, listMethods } from '../protocol/list-changes.ts';
import { isListen, isRepeatableMethod } from '../protocol/methods.ts';
import { ServerListCache } from '../protocol/server-lists.ts';
import { ListenSubscriptions } from '../protocol/subscriptions.ts';
import { protocolMeta } from '../protocol/versions.ts';
import type { Liveness } from '../upstream/stdio/hang-detector.ts';
import { awaitResponse, InternalRequests, type PendingRequest } from './internal-requests.ts';
import { type OpenRequestEntry, OpenRequests, type UpstreamLoss } from './open-requests.ts';
import type { RelayPorts } from './ports.ts';
import { ServerRequests } from './server-requests.ts';

/**
 * One session between one client and one server, without any input or output of its own.
 *
 * Messages pass as they come, byte for byte. What the relay does beside: it learns the tools' annotations, holds back
 * the failed answer of a tool call until it is healed, drops what arrives late for an attempt that is over, and settles
 * what a lost server leaves open. A batch is held back as long as a call in it is being healed.
 */
export class Relay {
  readonly #ports: RelayPorts;
  readonly #expected = new OpenRequests();
  readonly #healings = new Map<string, CallHealing>();
  readonly #lists: ServerListCache;
  readonly #listens = new ListenSubscriptions();
  readonly #handshake = new Handshake();
  readonly #progress: ProgressTracker;
  readonly #timers: AttemptTimers;
  readonly #serverRequests = new ServerRequests();
  readonly #questions: Approvals;
  readonly #own: InternalRequests;
  #protocolMeta: Record<string, unknown> | undefined;
  #answered = false;
  #served = 0;
  #heard = 0;
  #openCalls = 0;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#own = new InternalRequests(ports, this.#expected);
    this.#questions = new Approvals(ports);
    this.#timers = new AttemptTimers(ports.clock, ports.attemptTimeoutMs);
    this.#progress = new ProgressTracker(ports.ids, ports.clock, ports.progressEveryMs, ports.toClient);
    this.#lists = new ServerListCache({
      clock: ports.clock,
      ask: async (method, cursor) => {
        const answer = await this.#sendOwn(method, cursor === undefined ? {} : { cursor }).answer;
        return parseSpan(answer.bytes, answer.result);
      },
      changed: (kind) => {
        const told = this.#handshake.isInitialized ? [listChangedNotification(kind)] : this.#listens.changed(kind);
        for (const bytes of told) ports.toClient(bytes);
      },
    });
  }

  /** Whether any server behind this relay has ever answered. */
  get answered(): boolean {
    return this.#answered;
  }

  /** How many messages have come from servers. */
  get messagesReceived(): number {
    return this.#heard;
  }

  /** Whether an answer is expected, other than to what stays open by nature. */
  get waits(): boolean {
    return this.#expected.hasOpen;
  }

  /** How many requests of the client's have been answered, each attempt of a call counted. */
  get requestsAnswered(): number {
    return this.#served;
  }

  /** The tool calls that the client waits for. */
  get openCalls(): number {
    return this.#openCalls;
  }

  fromClient(bytes: Buffer): void {
    const message = readMessage(bytes);
    switch (message.kind) {
      case 'request':
        this.#expect(message);
        break;
      case 'notification':
        if (this.#noteFromClient(message)) return;
        break;
      case 'response':
        if (this.#questions.handleResponse(message) || !this.#serverRequests.answered(message.key)) return;
        break;
      case 'batch':
        this.#passBatch(
          bytes,
          (part) => this.#noteInBatch(part),
          (whole) => this.#ports.toUpstream(whole, ''),
        );
        return;
      default:
    }
    this.#ports.toUpstream(bytes, message.kind === 'request' ? message.key : '');
  }

  fromUpstream(bytes: Buffer): void {
    this.#heard += 1;
    const message = readMessage(bytes);
    switch (message.kind) {
      case 'response':
        this.#answered = true;
        if (this.#settle(message)) return;
        break;
      case 'request':
        this.#serverRequests.asked(message);
        break;
      case 'notification':
        if (this.#noteFromUpstream(message)) return;
        break;
      case 'batch':
        this.#passBatch(bytes, (part, hold) => this.#settleInBatch(part, hold), this.#ports.toClient);
        return;
      default:
    }
    this.#ports.toClient(bytes);
  }

  /** Settles what a server that is gone has left open. */
  upstreamLost({ reason, unsent, willResend }: UpstreamLoss): void {
    for (const [key, expected] of [...this.#expected]) {
      if (unsent.has(key) && willResend) continue;
      this.#expected.delete(key);
      const code = unsent.has(key) ? 'UPSTREAM_DIED_UNSENT' : 'UPSTREAM_DIED';
      const error = new UpstreamDiedError(
        code,
        `the MCP server ${reason}${unsent.has(key) ? '' : ' before it answered'}`,
      );
      switch (expected.kind) {
        case 'call':
          this.#heal(expected.call, error);
          break;
        case 'own':
          expected.lost(error);
          break;
        case 'request':
          this.#settleLost(expected, key, error, willResend);
      }
    }
    for (const bytes of this.#serverRequests.cancelAll(`the MCP server ${reason}`)) this.#ports.toClient(bytes);
  }

  /** Settles one request that was not answered, where each goes its own way: it is healed, whatever it asks for. */
  failed(key: string, error: Error): void {
    const expected = this.#expected.get(key);
    this.#expected.delete(key);
    if (expected?.kind === 'own') expected.lost(error);
    if (expected?.kind === 'call') this.#heal(expected.call, error);
    if (expected?.kind !== 'request') return;
    this.#listens.over(key);
    this.#openCalls += 1;
    const { request, receivedAt } = expected;
    this.#heal(requestAsCall(request, receivedAt), error, undefined, (bytes) => {
      this.#lists.answered(request, readMessage(bytes));
      this.#ports.toClient(bytes);
    });
  }

  /** A request that stays open was sent again by the way to the server, and may be acknowledged again. */
  sentAgain(key: string): void {
    this.#listens.resent(key);
  }

  /** Resolves when the server has answered all that it was asked up to now. */
  allAnswered(): Promise<void> {
    return this.#expected.allAnswered();
  }

  /** Tells a new server what the client has told the one before it. */
  async replayHandshake(tell: (bytes: Buffer) => void): Promise<void> {
    this.#lists.serverReplaced(await this.#handshake.replay((request) => this.#ask(request, tell), tell));
  }

  /** Calls a tool outside any call of the client's. Rejects with the server's error. */
  async callTool(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const answer = await awaitResponse(this.#sendOwn('tools/call', { name, arguments: args }), signal);
    if (answer.error !== undefined) throw new JsonRpcError(parseSpan(answer.bytes, answer.error));
    return parseSpan(answer.bytes, answer.result);
  }

  /** Asks the server what it can answer whatever else it does, and tells whether it has left anything open meanwhile. */
  async checkLiveness(): Promise<Liveness> {
    const before = this.#expected.openKeys();
    await this.#sendOwn(this.#handshake.isInitialized ? 'ping' : 'server/discover', {}).answer;
    return before.some((key) => this.#expected.has(key)) ? 'answers_meanwhile' : 'answers';
  }

  /** Ends all healing; the client gets what its tools gave last. */
  giveUp(): void {
    for (const healing of this.#healings.values()) healing.abandonHealing();
  }

  /** No server will follow: nothing is waited for any more, and what was not answered stays so. */
  end(): void {
    this.#own.end();
    const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
    for (const [key, expected] of [...this.#expected]) {
      this.#expected.delete(key);
      if (expected.kind === 'own') expected.lost(error);
      if (expected.kind === 'call') this.#closed(expected.call);
    }
    this.giveUp();
  }

  #expect(message: Message): void {
    const { key, method, bytes, id } = message;
    // Two open requests of one id cannot be told apart: their answers pass as they come.
    if (this.#expected.has(key) || id === undefined) {
      this.#forget(key);
      return;
    }
    const receivedAt = this.#ports.clock.monotonic();
    if (method === 'tools/call') {
      const request = copyMessage(message);
      const call = readToolCall(request, receivedAt, this.#ports.healer.telemetry);
      if (call !== undefined) {
        this.#expected.set(key, { kind: 'call', call });
        this.#openCalls += 1;
        this.#progress.first(call);
        this.#timers.start(call, (timeoutMs) => this.#giveUpFirst(call, timeoutMs));
        this.#protocolMeta ??= protocolMeta(request);
        return;
      }
    }
    const request = copyMessage(message);
    this.#handshake.noteRequest(request);
    this.#questions.noteRequest(request);
    this.#listens.noteRequest(request);
    if (listMethods.has(method)) this.#protocolMeta ??= protocolMeta(request);
    this.#expected.set(key, { kind: 'request', request, rawId: rawText(bytes, id), receivedAt, sentAgain: false });
  }

  /** Returns true if the message goes no further. */
  #noteFromClient(message: Message): boolean {
    if (message.method === 'notifications/cancelled') return this.#cancel(message);
    if (message.method === 'notifications/initialized') this.#handshake.noteNotification(copyMessage(message));
    return false;
  }

  #cancel(notification: Message): boolean {
    const key = cancelledKey(notification);
    const healing = this.#healings.get(key);
    if (healing !== undefined) {
      healing.cancel(notification);
      return true;
    }
    const expected = this.#expected.get(key);
    if (expected?.kind === 'call') expected.call.trace?.end({ cancelled: true });
    // Should the server answer all the same, the answer passes as it is.
    this.#forget(key);
    return false;
  }

  #forget(key: string): void {
    const expected = this.#expected.get(key);
    if (expected === undefined) return;
    this.#expected.delete(key);
    this.#listens.over(key);
    if (expected.kind === 'call') this.#closed(expected.call);
  }

  /** @param ends Looks at an element; returns true if it goes no further as it is. */
  #passBatch(
    bytes: Buffer,
    ends: (part: Message, hold: () => HeldElement) => boolean,
    send: (bytes: Buffer) => void,
  ): void {
    const batch = new BatchEdit(bytes, send);
    for (const part of batch.parts) if (ends(part, () => batch.hold(part))) batch.drop(part);
    batch.end();
  }

  #noteInBatch(part: Message): boolean {
    if (part.kind === 'request') this.#expect(part);
    if (part.kind === 'notification') return this.#noteFromClient(part);
    if (part.kind !== 'response') return false;
    return this.#questions.handleResponse(part) || !this.#serverRequests.answered(part.key);
  }

  #settleInBatch(part: Message, hold: () => HeldElement): boolean {
    if (part.kind === 'request') this.#serverRequests.asked(part);
    if (part.kind === 'notification') return this.#noteFromUpstream(part);
    if (part.kind !== 'response') return false;
    this.#answered = true;
    return this.#settle(part, hold);
  }

  /** Returns true if the answer goes no further. @param hold Keeps its place in the batch that it came in. */
  #settle(answer: Message, hold?: () => HeldElement): boolean {
    const expected = this.#expected.get(answer.key);
    if (expected === undefined) {
      const rounded = this.#expected.findRounded(answer.key);
      if (rounded !== undefined) this.#forget(rounded);
      const late = this.#timers.takeLate(answer.key) || this.#healings.has(answer.key);
      return late || this.#ports.ids.issued(answer.key);
    }
    this.#expected.delete(answer.key);
    if (expected.kind !== 'own') this.#served += 1;
    switch (expected.kind) {
      case 'own':
        expected.answered(copyMessage(answer));
        return true;
      case 'call':
        return this.#examine(expected.call, answer, hold);
      case 'request':
        this.#lists.answered(expected.request, answer);
        this.#listens.over(answer.key);
        return false;
    }
  }

  #examine(call: ToolCall, answer: Message, hold?: () => HeldElement): boolean {
    const { healer } = this.#ports;
    if (answer.result !== undefined) {
      const text = singleTextOf(answer.bytes, answer.result);
      if (text !== undefined && healer.looksHealthy({ content: [{ type: 'text', text }] })) {
        healer.countHealthy(call.tool);
        this.#closed(call);
        return false;
      }
      const value = parseSpan(answer.bytes, answer.result);
      const isWhole = value !== undefined && isFinalResult(value);
      if (isWhole && !healer.looksHealthy(value)) {
        this.#heal(call, copyMessage(answer), hold?.());
        return true;
      }
      if (isWhole) healer.countHealthy(call.tool);
      this.#closed(call);
      return false;
    }
    this.#heal(call, copyMessage(answer), hold?.());
    return true;
  }

  /** The first attempt of a call has taken too long: the server is told, and the call is healed as timed out. */
  #giveUpFirst(call: ToolCall, timeoutMs: number): void {
    const { toUpstream, withdraw } = this.#ports;
    this.#expected.delete(call.key);
    const words = `no answer within ${timeoutMs} ms`;
    if (withdraw(call.key)) {
      this.#heal(call, new UpstreamDiedError('UPSTREAM_DIED_UNSENT', `the MCP server did not take the call: ${words}`));
    } else {
      toUpstream(cancelled(call.rawId, words), '');
      this.#heal(call, new HealError('ATTEMPT_TIMEOUT', `${call.tool} timed out: ${words}`));
    }
  }

  #heal(call: ToolCall, failure: Message | Error, held?: HeldElement, answerClient = held?.replace): void {
    const { healer, toClient, healed, deadlineMs, clock } = this.#ports;
    this.#timers.stop(call);
    this.#progress.beginHealing(call);
    const healing = new CallHealing(call, {
      healer,
      annotations: () => {
        if (call.annotations !== undefined) return call.annotations;
        // Half of the time that is left is for healing.
        const patienceMs = Math.max(0, deadlineMs - (clock.monotonic() - call.startedAt)) / 2;
        return this.#lists.annotationsOf(call.tool, patienceMs);
      },
      approve: this.#questions.approve,
      onFix: (fix) => this.#progress.fixing(call, fix),
      send: (edit) => this.#sendAttempt(call, edit),
      answerClient: answerClient ?? toClient,
      onFinished: (outcome) => {
        if (this.#healings.get(call.key) === healing) this.#healings.delete(call.key);
        this.#progress.end(call);
        if (outcome !== undefined) healed(outcome);
      },
    });
    this.#healings.set(call.key, healing);
    void healing.run(failure).finally(() => {
      this.#closed(call);
      held?.release();
    });
  }

  #closed(call: ToolCall): void {
    call.trace?.end({});
    this.#timers.stop(call);
    this.#progress.end(call);
    this.#openCalls -= 1;
    if (this.#openCalls === 0) this.#ports.idle();
  }

  #sendAttempt(call: ToolCall, edit: (rawId: string, rawToken: string) => Buffer): PendingRequest {
    const rawToken = call.progress === undefined ? '' : this.#ports.ids.next();
    this.#progress.beginAttempt(call, rawToken);
    const open = this.#own.send((rawId) => edit(rawId, rawToken));
    const over = (): void => this.#progress.endAttempt(rawToken);
    open.answer.then(() => {
      this.#served += 1;
      over();
    }, over);
    return open;
  }

  #sendOwn(method: string, members: Record<string, unknown>): PendingRequest {
    const { telemetry } = this.#ports.healer;
    const meta = telemetry === undefined ? this.#protocolMeta : { ...this.#protocolMeta, ...telemetry.inject() };
    const params = { ...members, ...(meta && Object.keys(meta).length > 0 && { _meta: meta }) };
    const rest = `"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}\n`;
    return this.#own.send((rawId) => Buffer.from(`{"jsonrpc":"2.0","id":${rawId},${rest}`));
  }

  #ask(request: Message, tell: (bytes: Buffer) => void): Promise<Message> {
    const edit = (rawId: string): Buffer =>
      request.id === undefined ? request.bytes : splice(request.bytes, [{ ...request.id, bytes: rawId }]);
    return this.#own.send(edit, tell).answer;
  }

  #settleLost(expected: OpenRequestEntry & { kind: 'request' }, key: string, error: Error, willResend: boolean): void {
    const { request, rawId } = expected;
    const stays = isListen(request.method);
    if (willResend && (stays || (!expected.sentAgain && isRepeatableMethod(request.method)))) {
      this.#expected.set(key, { ...expected, sentAgain: true });
      this.#listens.resent(key);
      this.#ports.toUpstream(request.bytes, key);
    } else {
      this.#listens.over(key);
      this.#ports.toClient(errorResponse(rawId, errorCodes.serverError, error.message));
    }
  }

  /** Returns true if the notification goes no further. */
  #noteFromUpstream(message: Message): boolean {
    switch (message.method) {
      case 'notifications/progress':
        return this.#progress.pass(message);
      case 'notifications/tools/list_changed':
        this.#lists.toolsChanged();
        return false;
      case 'notifications/cancelled':
        this.#serverRequests.cancelled(message);
        return false;
      case 'notifications/subscriptions/acknowledged':
        return this.#listens.isDuplicateAck(message);
      default:
        return false;
    }
  }
}
