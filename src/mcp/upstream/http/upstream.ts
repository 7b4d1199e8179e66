import type { Endpoint } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { aborted, within } from '../../../platform/wait.ts';
import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';
import type { OutboundMessage } from '../../jsonrpc/outbox.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import { cancelledKey } from '../../protocol/cancellation.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import type { ProxyLimits } from '../../relay/options.ts';
import type { RelayPort, Upstream, UpstreamHost } from '../../relay/upstream-port.ts';
import { Backpressure } from './backpressure.ts';
import { NotificationSender } from './notification-sender.ts';
import { type ExchangeFailure, type ExchangePorts, PostExchange } from './post-exchange.ts';
import { SendQueue } from './send-queue.ts';
import { ServerStream } from './server-stream.ts';
import { ToolParamHeaders } from './tool-param-headers.ts';
import { UpstreamSession } from './upstream-session.ts';

export interface HttpUpstreamOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly limits: Pick<ProxyLimits, 'maxLineBytes' | 'graceMs' | 'startTimeoutMs'>;
}

const highWaterMark = 1_048_576;

/**
 * A server behind a URL, over Streamable HTTP: with sessions (up to 2025-11-25) or without (2026-07-28), as each message
 * asks for.
 */
export class HttpUpstream implements Upstream {
  readonly closed: Promise<ExitStatus>;
  readonly #options: HttpUpstreamOptions;
  readonly #host: UpstreamHost;
  readonly #exchangePorts: ExchangePorts;
  readonly #session = new UpstreamSession();
  readonly #backpressure = new Backpressure();
  readonly #queue = new SendQueue((item) => this.#start(item, (message) => this.#request(message)));
  readonly #stream: ServerStream;
  readonly #notifications: NotificationSender;
  /** The exchanges by the keys of their requests. */
  readonly #open = new Map<string, PostExchange>();
  readonly #all = new Set<PostExchange>();
  readonly #skipWait = new AbortController();
  #relay!: RelayPort;
  #reopening: Promise<void> | undefined;
  #hasHandshake = false;
  #unsentBytes = 0;
  #wasFull = false;
  #delivered = 0;
  #idle: () => void = () => {};
  #patientUntil = Number.POSITIVE_INFINITY;
  #ending: Promise<void> | undefined;
  #isOver = false;
  #resolveClosed: (status: ExitStatus) => void = () => {};

  constructor(options: HttpUpstreamOptions, host: UpstreamHost) {
    const { endpoint, clock, limits } = options;
    this.#options = options;
    this.#host = host;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const maxBytes = limits.maxLineBytes;
    const shared = { endpoint, clock, session: this.#session, backpressure: this.#backpressure, maxBytes };
    this.#exchangePorts = {
      ...shared,
      params: new ToolParamHeaders(host.log),
      graceMs: limits.graceMs,
      deliver: (bytes) => this.#deliver(bytes),
      replace: (line) => this.#replace(line),
      resent: (key) => this.#relay.resent(key),
      mayResend: (keys) => this.#relay.mayResend(keys),
    };
    const onLost = (id: string): void => void this.#reopen(id).catch(() => {});
    this.#stream = new ServerStream({
      ...shared,
      events: {
        message: (bytes) => this.#deliver(bytes),
        oversize: (line) => {
          const error = this.#replace(line);
          if (error !== undefined) this.#deliver(error);
        },
      },
      onLost,
    });
    this.#notifications = new NotificationSender({
      send: (message) => this.#notify(message),
      onSent: (message) => {
        if (message.method === 'notifications/initialized') this.#stream.open();
      },
      onLost,
      log: (text) => {
        if (!this.#isOver) host.log(text);
      },
    });
  }

  attach(relay: RelayPort): void {
    this.#relay = relay;
  }

  /** There is nothing to start: an error in the URL shows with the first request, and is healed there. */
  async open(): Promise<void> {}

  get full(): boolean {
    return this.#queue.bytes + this.#unsentBytes >= highWaterMark;
  }

  send(bytes: Buffer, key: string): void {
    if (this.#isOver) return;
    this.#queue.push({ bytes, key });
    this.#wasFull ||= this.full;
  }

  withdraw(key: string): boolean {
    return this.#queue.dequeue(key);
  }

  pause(): void {
    this.#backpressure.pause();
  }

  resume(): void {
    this.#backpressure.resume();
  }

  setHeader(name: string, value: string): void {
    this.#options.endpoint.setHeader(name, value);
  }

  async close(patienceMs = 0): Promise<ExitStatus> {
    this.#patientUntil = Math.min(this.#patientUntil, this.#options.clock.monotonic() + patienceMs);
    if (patienceMs === 0) this.#skipWait.abort();
    this.#ending ??= this.#end();
    return this.closed;
  }

  kill(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#skipWait.abort();
    this.#queue.clear();
    this.#stream.close();
    for (const exchange of this.#all) exchange.abort();
    this.#options.endpoint.close();
    this.#relay.end();
    this.#resolveClosed({ code: 0, signal: null });
  }

  /** Sends a message. Returns what later messages have to wait for. */
  #start({ bytes }: OutboundMessage, request: (message: Message) => Promise<void>): Promise<unknown> | undefined {
    const message = readMessage(bytes);
    const { method, kind } = message;
    if (kind === 'other' && bytes.toString('latin1').trim() === '') return undefined;
    if (method === 'notifications/cancelled') return this.#cancel(message);
    if (method === 'initialize') {
      this.#hasHandshake = true;
      return request(message);
    }
    if (kind === 'notification' || kind === 'response') {
      const sent = this.#notifications.send(message);
      return method === 'notifications/initialized' ? sent : undefined;
    }
    void request(message);
    return undefined;
  }

  /** Sends a request and settles it. */
  async #request(message: Message): Promise<void> {
    const exchange = this.#openExchange(message);
    let failure = await this.#try(exchange);
    if (failure?.lostSession !== undefined) {
      const notReopened = await this.#tryReopen(failure.lostSession);
      if (notReopened !== undefined) failure = notReopened;
      else if (await exchange.mayResend()) failure = await this.#try(exchange);
    }
    this.#settle(exchange, failure);
  }

  async #try(exchange: PostExchange): Promise<ExchangeFailure | undefined> {
    if (!exchange.isStateless && exchange.message.method !== 'initialize') {
      if (this.#session.isLost) {
        const failure = await this.#tryReopen(undefined);
        if (failure !== undefined) return failure;
      }
      await this.#notifications.resendPending();
      // The client may have cancelled it meanwhile.
      if (exchange.isCancelled) return undefined;
    }
    return this.#run(exchange);
  }

  /** Sends a request of the handshake itself, which never opens another session. */
  async #requestInHandshake(message: Message): Promise<void> {
    const exchange = this.#openExchange(message);
    this.#settle(exchange, await this.#run(exchange));
  }

  #openExchange(message: Message): PostExchange {
    const exchange = new PostExchange(message, this.#exchangePorts);
    this.#all.add(exchange);
    for (const key of exchange.keys) this.#open.set(key, exchange);
    return exchange;
  }

  async #run(exchange: PostExchange): Promise<ExchangeFailure | undefined> {
    const { length } = exchange.message.bytes;
    let isUnsent = true;
    const sent = (): void => {
      if (!isUnsent) return;
      isUnsent = false;
      this.#unsentBytes -= length;
      if (!this.#wasFull || this.full) return;
      this.#wasFull = false;
      this.#host.onDrain();
    };
    this.#unsentBytes += length;
    exchange.onSent = sent;
    const failure = await exchange.run();
    sent();
    return failure;
  }

  #settle(exchange: PostExchange, failure: ExchangeFailure | undefined): void {
    this.#all.delete(exchange);
    for (const [key, other] of this.#open) if (other === exchange) this.#open.delete(key);
    if (failure !== undefined && !this.#isOver) {
      for (const key of exchange.keys) this.#relay.failed(key, failure.error);
    }
    this.#checkIdle();
  }

  /** Sends a message that has no response, and waits only until the server should have taken it. */
  async #notify(message: Message): Promise<ExchangeFailure | undefined> {
    if (this.#isOver) return undefined;
    const { clock, limits } = this.#options;
    const exchange = this.#openExchange(message);
    const timer = clock.setTimeout(() => exchange.abort(), limits.startTimeoutMs);
    const failure = await this.#run(exchange);
    clock.clearTimeout(timer);
    this.#all.delete(exchange);
    this.#checkIdle();
    return failure;
  }

  #cancel(notification: Message): Promise<void> | undefined {
    const key = cancelledKey(notification);
    if (this.#queue.dequeue(key)) return undefined;
    const exchange = this.#open.get(key);
    if (exchange?.isStateless === true) {
      this.#open.delete(key);
      exchange.abort();
      return undefined;
    }
    // Without a session, the notification means nothing to the server.
    if (exchange === undefined && !this.#hasHandshake) return undefined;
    exchange?.stopWaiting(key);
    void this.#notifications.send(notification);
    return undefined;
  }

  /** Resolves with a failure if there is no new session. */
  #tryReopen(lostId: string | undefined): Promise<ExchangeFailure | undefined> {
    return this.#reopen(lostId).then(
      () => undefined,
      (error: Error) => ({ error }),
    );
  }

  /** Opens a session in place of the lost one, once for all requests that need it. */
  #reopen(lostId: string | undefined): Promise<void> {
    if (this.#reopening !== undefined) return this.#reopening;
    if (lostId !== undefined && this.#session.id !== lostId && !this.#session.isLost) return Promise.resolve();
    const reopening = this.#repeatHandshake().finally(() => {
      this.#reopening = undefined;
    });
    this.#reopening = reopening;
    this.#queue.hold(reopening);
    return reopening;
  }

  async #repeatHandshake(): Promise<void> {
    const { clock, limits } = this.#options;
    if (!this.#session.isLost) {
      this.#session.invalidate();
      this.#stream.close();
      this.#notifications.forget();
      // Requests of the client settle by themselves; those of the server end with its session.
      const unsent = new Set([...this.#open.keys(), ...this.#queue.keys]);
      this.#relay.upstreamLost({ reason: 'no longer knows the session', unsent, willResend: true });
    }
    const queue = new SendQueue((item) => this.#start(item, (message) => this.#requestInHandshake(message)));
    const replayed = this.#relay.replayHandshake((bytes) => queue.push({ bytes, key: readMessage(bytes).key }));
    try {
      if (!(await within(clock, limits.startTimeoutMs, [replayed, aborted(this.#skipWait.signal)]))) {
        throw new Error(`the MCP server did not respond to the handshake for ${limits.startTimeoutMs} ms`);
      }
    } catch (error) {
      for (const { key } of this.#queue.clear()) if (key !== '') this.#relay.failed(key, error as Error);
      throw error;
    }
    this.#session.isLost = false;
    this.#host.log('the MCP server no longer knew the session; a new one was opened');
  }

  #deliver(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#delivered += 1;
    this.#relay.fromUpstream(bytes);
  }

  #replace(line: OversizeLine): Buffer | undefined {
    const error = rejectOversize(line, 'server', this.#options.limits.maxLineBytes, this.#host.log);
    if (error?.to === 'sender') this.send(error.bytes, '');
    return error?.to === 'receiver' ? error.bytes : undefined;
  }

  /** Whether something is open that ends by itself. */
  get #isBusy(): boolean {
    return this.#queue.bytes > 0 || [...this.#all].some((exchange) => !exchange.isListen);
  }

  #checkIdle(): void {
    // Messages that waited for this one are sent first.
    this.#options.clock.setTimeout(() => {
      if (!this.#isBusy) this.#idle();
    }, 0);
  }

  async #end(): Promise<void> {
    const { clock, limits, endpoint } = this.#options;
    const skipped = aborted(this.#skipWait.signal);
    for (let delivered = -1; delivered !== this.#delivered && clock.monotonic() < this.#patientUntil; ) {
      delivered = this.#delivered;
      if (!this.#isBusy) break;
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      if (await within(clock, limits.graceMs, [idle, skipped])) break;
    }
    await within(clock, limits.graceMs, [this.#notifications.done]);
    if (!this.#isOver) await this.#session.end(endpoint, clock, limits.graceMs);
    this.kill();
  }
}
