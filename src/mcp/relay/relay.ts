import { Approvals } from '../healing/approvals.ts';
import { attemptTimeout, CallGate } from '../healing/call-gate.ts';
import { awaitResponse, CallHealing, type HealingPorts, type PendingRequest } from '../healing/call-healing.ts';
import { ProgressTracker } from '../healing/progress-tracker.ts';
import { readToolCall, requestAsCall, type ToolCall } from '../healing/tool-call.ts';
import { type HeldElement, passBatch } from '../jsonrpc/batch.ts';
import { ownIdError, resultOf, UpstreamDiedError } from '../jsonrpc/errors.ts';
import { copyMessage, type Message, rawText, readMessage } from '../jsonrpc/message.ts';
import { cancelledKey, cancelNotification } from '../protocol/cancellation.ts';
import { Handshake } from '../protocol/handshake.ts';
import { rejectHiddenCall, shownTools } from '../protocol/hidden-tools.ts';
import { listMethods } from '../protocol/list-changes.ts';
import type { ServerListCache } from '../protocol/server-lists.ts';
import { ListenSubscriptions } from '../protocol/subscriptions.ts';
import { protocolMeta } from '../protocol/versions.ts';
import { createServerLists } from './create-server-lists.ts';
import { InternalRequests } from './internal-requests.ts';
import { OpenRequests, type UpstreamLoss } from './open-requests.ts';
import type { RelayPorts } from './ports.ts';
import { ServerRequests } from './server-requests.ts';
import { settleLost } from './settle-lost.ts';
import type { Liveness, RelayPort } from './upstream-port.ts';

/**
 * One session between one client and one server, without I/O of its own.
 *
 * Messages pass byte for byte. In addition, the relay learns the tools' annotations, holds the failed response to a tool
 * call until the call is healed, drops late messages of an attempt that is over, and settles the requests that a lost
 * server leaves open. A batch is held as long as a call in it is being healed.
 */
export class Relay implements RelayPort {
  firstResponseAt: number | undefined;
  messagesReceived = 0;
  requestsAnswered = 0;
  /** The number of tool calls that the client waits for. */
  openCalls = 0;
  readonly #ports: RelayPorts;
  readonly #open = new OpenRequests();
  readonly #healings = new Map<string, CallHealing>();
  readonly #lists: ServerListCache;
  readonly #listens = new ListenSubscriptions();
  readonly #handshake = new Handshake();
  readonly #progress: ProgressTracker;
  readonly #gate: CallGate;
  readonly #serverRequests = new ServerRequests(() => [...this.#open.calls, ...this.#healings.values()]);
  readonly #approvals: Approvals;
  readonly #internal: InternalRequests;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#internal = new InternalRequests(ports, this.#open);
    this.#approvals = new Approvals(ports);
    this.#gate = new CallGate(ports);
    this.#progress = new ProgressTracker(ports.ids, ports.clock, ports.progressEveryMs, ports.toClient);
    this.#lists = createServerLists(ports, this.#internal, this.#handshake, this.#listens);
  }

  get hasResponse(): boolean {
    return this.firstResponseAt !== undefined;
  }

  get hasOpen(): boolean {
    return this.#open.hasOpen;
  }

  get isQuiet(): boolean {
    const hasOpen = this.#open.size > 0 || this.openCalls > 0 || this.#serverRequests.hasOpen;
    return !hasOpen && !this.#handshake.hasSubscriptions;
  }

  fromClient(bytes: Buffer): void {
    const message = readMessage(bytes);
    const { toUpstream } = this.#ports;
    if (message.kind === 'batch') {
      passBatch(
        bytes,
        (part) => this.#takeFromClient(part),
        (batch) => toUpstream(batch, ''),
      );
    } else if (!this.#takeFromClient(message)) {
      toUpstream(bytes, message.kind === 'request' ? message.key : '');
    }
  }

  fromUpstream(bytes: Buffer): void {
    this.messagesReceived += 1;
    const message = readMessage(bytes);
    const { toClient } = this.#ports;
    if (message.kind === 'batch') passBatch(bytes, (part, hold) => this.#takeFromUpstream(part, hold), toClient);
    else if (!this.#takeFromUpstream(message)) toClient(bytes);
  }

  printedByUpstream(line: Buffer): void {
    this.#serverRequests.printed(line);
  }

  upstreamLost(loss: UpstreamLoss): void {
    this.#lists.serverLost();
    for (const { key, entry, error } of this.#open.takeLost(loss, this.#ports.withdraw)) {
      if (entry.kind === 'call') this.#heal(entry.call, error);
      else if (entry.kind === 'internal') entry.reject(error);
      else
        settleLost({ entry, key, error }, loss.willResend, {
          ...this.#ports,
          open: this.#open,
          listens: this.#listens,
        });
    }
    for (const bytes of this.#serverRequests.cancelAll(`the MCP server ${loss.reason}`)) this.#ports.toClient(bytes);
  }

  async mayResend(keys: readonly string[]): Promise<boolean> {
    const calls: ToolCall[] = [];
    for (const key of keys) {
      const entry = this.#open.get(key);
      if (entry?.kind === 'call') calls.push(entry.call);
      if (entry?.kind === 'internal' && entry.mayResend !== undefined && !(await entry.mayResend())) return false;
    }
    return this.#gate.takeCalls(calls);
  }

  /** A request of any method is healed here: only its own connection has failed. */
  failed(key: string, error: Error): void {
    const entry = this.#open.take(key);
    if (entry?.kind === 'internal') entry.reject(error);
    if (entry?.kind === 'call') this.#heal(entry.call, error);
    if (entry?.kind !== 'request') return;
    this.#listens.over(key);
    this.openCalls += 1;
    const { request, receivedAt } = entry;
    this.#heal(requestAsCall(request, receivedAt), error, undefined, (bytes) => {
      const response = readMessage(bytes);
      this.#lists.answered(request, response);
      this.#ports.toClient(shownTools(request, response, this.#ports.healer.isHidden) ?? bytes);
    });
  }

  resent(key: string): void {
    this.#listens.resent(key);
  }

  allAnswered(): Promise<void> {
    return this.#open.allAnswered();
  }

  async replayHandshake(send: (bytes: Buffer) => void): Promise<void> {
    const repeat = (request: Message): Promise<Message> => this.#internal.repeat(request, send);
    this.#lists.serverReplaced(await this.#handshake.replay(repeat, send));
  }

  /** Calls a tool outside all calls of the client. Rejects with the server's error. */
  async callTool(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    return resultOf(await awaitResponse(this.#internal.call('tools/call', { name, arguments: args }), signal));
  }

  /** Sends a request that every server can respond to at any time. */
  async checkLiveness(): Promise<Liveness> {
    const before = this.#open.openKeys();
    await this.#internal.call(this.#handshake.isInitialized ? 'ping' : 'server/discover', {}).response;
    return before.some((key) => this.#open.has(key)) ? 'concurrent' : 'responsive';
  }

  /** Ends all healing; the client gets the last failures. */
  abandonHealing(): void {
    for (const healing of this.#healings.values()) healing.abandonHealing();
  }

  end(): void {
    this.#internal.end();
    const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
    for (const entry of this.#open.takeAll()) {
      if (entry.kind === 'internal') entry.reject(error);
      if (entry.kind === 'call') this.#closed(entry.call);
    }
    this.abandonHealing();
  }

  /** Returns true if the message does not go to the server. */
  #takeFromClient(message: Message): boolean {
    switch (message.kind) {
      case 'request':
        return rejectHiddenCall(message, this.#ports) || this.#expect(message);
      case 'notification':
        if (message.method === 'notifications/cancelled') return this.#cancel(message);
        if (message.method === 'notifications/initialized') this.#handshake.noteNotification(copyMessage(message));
        return false;
      case 'response':
        return this.#approvals.handleResponse(message) || !this.#serverRequests.answered(message.key);
      default:
        return false;
    }
  }

  /** Returns true if the message does not go to the client as it is. @param hold Keeps its place in its batch. */
  #takeFromUpstream(message: Message, hold?: () => HeldElement): boolean {
    switch (message.kind) {
      case 'response':
        this.firstResponseAt ??= this.#ports.clock.monotonic();
        return this.#settle(message, hold);
      case 'request':
      case 'notification':
        this.#serverRequests.sent(message);
        return message.kind === 'notification' ? this.#takeNotification(message) : this.#refuseOwnId(message);
      default:
        this.printedByUpstream(message.bytes);
        return false;
    }
  }

  /** Refuses a request of the server under an id of healflow; false if it passes. */
  #refuseOwnId(request: Message): boolean {
    if (!this.#ports.ids.issued(request.key)) return false;
    this.#serverRequests.answered(request.key);
    this.#ports.toUpstream(ownIdError(request), '');
    return true;
  }

  #takeNotification(message: Message): boolean {
    const { method } = message;
    if (method === 'notifications/progress') return this.#progress.pass(message);
    if (method === 'notifications/tools/list_changed') this.#lists.toolsChanged();
    if (method === 'notifications/cancelled') this.#serverRequests.cancelled(message);
    return this.#listens.isDuplicateAck(message);
  }

  #expect(message: Message): boolean {
    const { key, method, bytes, id } = message;
    // Two open requests with the same id cannot be distinguished: their responses pass unchanged.
    if (this.#open.has(key) || id === undefined) {
      this.#forget(key);
      return false;
    }
    const request = copyMessage(message);
    const receivedAt = this.#ports.clock.monotonic();
    const call = method === 'tools/call' ? readToolCall(request, receivedAt, this.#ports.healer.telemetry) : undefined;
    if (call !== undefined || listMethods.has(method)) this.#internal.meta ??= protocolMeta(request);
    if (call !== undefined) {
      this.openCalls += 1;
      this.#progress.first(call);
      if (call.returned !== undefined) {
        this.#heal(call, null);
        return true;
      }
      this.#open.set(key, { kind: 'call', call });
      this.#gate.startTimer(call, this.#lists, (reason) => this.#timeOut(call, reason));
      return false;
    }
    this.#handshake.noteRequest(request);
    this.#approvals.noteRequest(request);
    this.#listens.noteRequest(request);
    this.#lists.requested(request);
    this.#open.set(key, { kind: 'request', request, rawId: rawText(bytes, id), receivedAt, isResent: false });
    return false;
  }

  #cancel(notification: Message): boolean {
    const key = cancelledKey(notification);
    const healing = this.#healings.get(key);
    if (healing !== undefined) {
      healing.cancel(notification);
      return true;
    }
    const entry = this.#open.get(key);
    if (entry?.kind === 'call') entry.call.trace?.end({ cancelled: true });
    // A response that the server sends nevertheless passes unchanged.
    this.#forget(key);
    return false;
  }

  #forget(key: string): void {
    const entry = this.#open.take(key);
    if (entry === undefined) return;
    this.#listens.over(key);
    if (entry.kind === 'call') this.#closed(entry.call);
  }

  #settle(response: Message, hold?: () => HeldElement): boolean {
    const { key } = response;
    const entry = this.#open.get(key);
    if (entry === undefined) {
      const rounded = this.#open.findRounded(key);
      if (rounded !== undefined) this.#forget(rounded);
      return this.#gate.takeLate(key) || this.#healings.has(key) || this.#ports.ids.issued(key);
    }
    this.#open.delete(key);
    if (entry.kind === 'internal') {
      entry.resolve(copyMessage(response));
      return true;
    }
    this.requestsAnswered += 1;
    if (entry.kind === 'request') {
      this.#lists.answered(entry.request, response);
      this.#listens.over(key);
      const shown = shownTools(entry.request, response, this.#ports.healer.isHidden);
      if (shown !== undefined) (hold?.().replace ?? this.#ports.toClient)(shown);
      return shown !== undefined;
    }
    if (this.#gate.passes(entry.call, response)) {
      this.#closed(entry.call);
      return false;
    }
    this.#heal(entry.call, copyMessage(response), hold?.());
    return true;
  }

  /** The first attempt has timed out: it is cancelled at the server, and the call is healed. */
  #timeOut(call: ToolCall, reason: string): void {
    const { toUpstream, withdraw } = this.#ports;
    this.#open.delete(call.key);
    if (withdraw(call.key)) {
      const message = `the MCP server did not take the call: ${reason}`;
      this.#heal(call, new UpstreamDiedError('UPSTREAM_DIED_UNSENT', message));
    } else {
      toUpstream(cancelNotification(call.rawId, reason), '');
      this.#heal(call, attemptTimeout(call, reason));
    }
  }

  #heal(call: ToolCall, failure: Message | Error | null, held?: HeldElement, respond = held?.replace): void {
    const { healer, toClient, healed } = this.#ports;
    this.#gate.stopTimer(call);
    this.#progress.beginHealing(call);
    const healing = new CallHealing(call, {
      healer,
      sent: this.#gate.sentOf(call),
      annotations: (isRetry) => this.#gate.annotationsOf(call, this.#lists, isRetry),
      approve: this.#approvals.approve,
      onFix: (fix) => this.#progress.fixing(call, fix),
      send: (edit, mayResend) => this.#sendAttempt(call, edit, mayResend),
      sendCheck: (edit) => this.#internal.sendCheck(edit),
      respond: respond ?? toClient,
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
    this.#gate.stopTimer(call);
    this.#progress.end(call);
    this.openCalls -= 1;
    if (this.openCalls === 0) this.#ports.idle();
  }

  #sendAttempt(call: ToolCall, ...[edit, mayResend]: Parameters<HealingPorts['send']>): PendingRequest {
    const rawToken = call.progress === undefined ? '' : this.#ports.ids.next();
    this.#progress.beginAttempt(call, rawToken);
    const pending = this.#internal.send((rawId) => edit(rawId, rawToken), { mayResend });
    const end = (): void => this.#progress.endAttempt(rawToken);
    pending.response.then(() => {
      this.requestsAnswered += 1;
      end();
    }, end);
    return pending;
  }
}
