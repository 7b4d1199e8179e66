import type { Endpoint } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { aborted, within } from '../../../platform/wait.ts';
import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';
import type { OutboundMessage } from '../../jsonrpc/outbox.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { ProxyLimits } from '../../modes/options.ts';
import { cancelledKey } from '../../protocol/cancellation.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import type { Upstream, UpstreamHost } from '../stdio/upstream.ts';
import { Backpressure } from './backpressure.ts';
import { NotificationSender } from './notification-sender.ts';
import { type ExchangeFailure, type ExchangePorts, PostExchange } from './post-exchange.ts';
import { SendQueue } from './send-queue.ts';
import { ServerStream } from './server-stream.ts';
import { ToolParamHeaders } from './tool-param-headers.ts';
import { UpstreamSession } from './upstream-session.ts';

export interface UrlSideOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly limits: Pick<ProxyLimits, 'maxLineBytes' | 'graceMs' | 'startTimeoutMs'>;
}

const fullBytes = 1_048_576;

/** A server behind a URL, of either generation of the protocol. */
class HttpUpstream {
  readonly closed: Promise<ExitStatus>;
  readonly #options: UrlSideOptions;
  readonly #ports: UpstreamHost;
  readonly #exchangePorts: ExchangePorts;
  readonly #session = new UpstreamSession();
  readonly #flow = new Backpressure();
  readonly #lane = new SendQueue((item) => this.#start(item, (message) => this.#request(message)));
  readonly #stream: ServerStream;
  readonly #teller: NotificationSender;
  /** The exchanges of requests, by the keys of these. */
  readonly #open = new Map<string, PostExchange>();
  readonly #all = new Set<PostExchange>();
  readonly #skipWait = new AbortController();
  #renewing: Promise<void> | undefined;
  #hasHandshake = false;
  #unsentBytes = 0;
  #wasFull = false;
  #delivered = 0;
  #idle: () => void = () => {};
  #patientUntil = Number.POSITIVE_INFINITY;
  #ending: Promise<void> | undefined;
  #isOver = false;
  #resolveClosed: (ending: ExitStatus) => void = () => {};

  constructor(options: UrlSideOptions, ports: UpstreamHost) {
    const { endpoint, clock, limits } = options;
    this.#options = options;
    this.#ports = ports;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const shared = { endpoint, clock, session: this.#session, flow: this.#flow, maxBytes: limits.maxLineBytes };
    this.#exchangePorts = {
      ...shared,
      params: new ToolParamHeaders(ports.log),
      graceMs: limits.graceMs,
      deliver: (bytes) => this.#deliver(bytes),
      replace: (line) => this.#replace(line),
      sentAgain: (key) => ports.relay().sentAgain(key),
    };
    const onLost = (id: string): void => void this.#reopen(id).catch(() => {});
    this.#stream = new ServerStream({
      ...shared,
      events: {
        message: (bytes) => this.#deliver(bytes),
        oversize: (line) => {
          const substitute = this.#replace(line);
          if (substitute !== undefined) this.#deliver(substitute);
        },
      },
      onLost,
    });
    this.#teller = new NotificationSender({
      send: (message) => this.#tell(message),
      told: (message) => {
        if (message.method === 'notifications/initialized') this.#stream.open();
      },
      onLost,
      log: (text) => {
        if (!this.#isOver) ports.log(text);
      },
    });
  }

  get full(): boolean {
    return this.#lane.bytes + this.#unsentBytes >= fullBytes;
  }

  send(bytes: Buffer, key: string): void {
    if (this.#isOver) return;
    this.#lane.push({ bytes, key });
    this.#wasFull ||= this.full;
  }

  withdraw(key: string): boolean {
    return this.#lane.dequeue(key);
  }

  pause(): void {
    this.#flow.pause();
  }

  resume(): void {
    this.#flow.resume();
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
    this.#lane.clear();
    this.#stream.close();
    for (const exchange of this.#all) exchange.abort();
    this.#options.endpoint.close();
    this.#ports.relay().end();
    this.#resolveClosed({ code: 0, signal: null });
  }

  /** Sends a message. Returns what the following ones have to wait for. */
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
      const telling = this.#teller.tell(message);
      return method === 'notifications/initialized' ? telling : undefined;
    }
    void request(message);
    return undefined;
  }

  /** Sends a request and sees to it that it is settled. */
  async #request(message: Message): Promise<void> {
    const exchange = this.#exchange(message);
    for (const key of exchange.keys) this.#open.set(key, exchange);
    let failure = await this.#try(exchange);
    if (failure?.lostSession !== undefined) {
      failure = (await this.#tryReopen(failure.lostSession)) ?? (await this.#try(exchange));
    }
    this.#settle(exchange, failure);
  }

  async #try(exchange: PostExchange): Promise<ExchangeFailure | undefined> {
    if (!exchange.isStateless && exchange.message.method !== 'initialize') {
      if (this.#session.isLost) {
        const failure = await this.#tryReopen(undefined);
        if (failure !== undefined) return failure;
      }
      await this.#teller.resendPending();
      // Meanwhile the client may have taken it back.
      if (exchange.isCancelled) return undefined;
    }
    return this.#run(exchange);
  }

  /** A request that belongs to the making of a session: nothing is begun anew for its sake. */
  async #introduce(message: Message): Promise<void> {
    const exchange = this.#exchange(message);
    for (const key of exchange.keys) this.#open.set(key, exchange);
    this.#settle(exchange, await this.#run(exchange));
  }

  #exchange(message: Message): PostExchange {
    const exchange = new PostExchange(message, this.#exchangePorts);
    this.#all.add(exchange);
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
      this.#ports.onDrain();
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
      for (const key of exchange.keys) this.#ports.relay().failed(key, failure.error);
    }
    this.#checkIdle();
  }

  /** Sends what needs no answer. A server that does not even take it is not waited for. */
  async #tell(message: Message): Promise<ExchangeFailure | undefined> {
    if (this.#isOver) return undefined;
    const { clock, limits } = this.#options;
    const exchange = this.#exchange(message);
    const timer = clock.setTimeout(() => exchange.abort(), limits.startTimeoutMs);
    const failure = await this.#run(exchange);
    clock.clearTimeout(timer);
    this.#all.delete(exchange);
    this.#checkIdle();
    return failure;
  }

  #cancel(notification: Message): Promise<void> | undefined {
    const key = cancelledKey(notification);
    if (this.#lane.dequeue(key)) return undefined;
    const exchange = this.#open.get(key);
    if (exchange?.isStateless === true) {
      this.#open.delete(key);
      exchange.abort();
      return undefined;
    }
    // Without a session, nobody knows what is meant but the request itself.
    if (exchange === undefined && !this.#hasHandshake) return undefined;
    exchange?.stopWaiting(key);
    void this.#teller.tell(notification);
    return undefined;
  }

  /** Resolves with a failure where there is no new session. */
  async #tryReopen(lostId: string | undefined): Promise<ExchangeFailure | undefined> {
    try {
      await this.#reopen(lostId);
      return undefined;
    } catch (error) {
      return { error: error as Error };
    }
  }

  /** Begins a session in the place of one that is lost; all who need it wait for the same one. */
  #reopen(lostId: string | undefined): Promise<void> {
    if (this.#renewing !== undefined) return this.#renewing;
    if (lostId !== undefined && this.#session.id !== lostId && !this.#session.isLost) return Promise.resolve();
    const renewing = this.#begin().finally(() => {
      this.#renewing = undefined;
    });
    this.#renewing = renewing;
    this.#lane.hold(renewing);
    return renewing;
  }

  async #begin(): Promise<void> {
    const { clock, limits } = this.#options;
    const relay = this.#ports.relay();
    if (!this.#session.isLost) {
      this.#session.invalidate();
      this.#stream.close();
      this.#teller.forget();
      // The requests settle on their own; what the server itself has asked is forgotten with its session.
      const unsent = new Set([...this.#open.keys(), ...this.#lane.keys]);
      relay.upstreamLost({ reason: 'no longer knows the session', unsent, willResend: true });
    }
    const lane = new SendQueue((item) => this.#start(item, (message) => this.#introduce(message)));
    const introduced = relay.replayHandshake((bytes) => lane.push({ bytes, key: readMessage(bytes).key }));
    try {
      let failure: Error | undefined;
      const settled = introduced.catch((error: Error) => {
        failure = error;
      });
      if (!(await within(clock, limits.startTimeoutMs, [settled, aborted(this.#skipWait.signal)]))) {
        throw new Error(`the MCP server gave no answer to the handshake for ${limits.startTimeoutMs} ms`);
      }
      if (failure !== undefined) throw failure;
    } catch (error) {
      for (const { key } of this.#lane.clear()) if (key !== '') relay.failed(key, error as Error);
      throw error;
    }
    this.#session.isLost = false;
    this.#ports.log('the MCP server no longer knew the session; a new one was begun');
  }

  #deliver(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#delivered += 1;
    this.#ports.relay().fromUpstream(bytes);
  }

  #replace(line: OversizeLine): Buffer | undefined {
    const substitute = rejectOversize(line, 'server', this.#options.limits.maxLineBytes, this.#ports.log);
    if (substitute?.to === 'sender') this.send(substitute.bytes, '');
    return substitute?.to === 'receiver' ? substitute.bytes : undefined;
  }

  /** Whether something is under way that comes to an end by itself. */
  get #isBusy(): boolean {
    return this.#lane.bytes > 0 || [...this.#all].some((exchange) => !exchange.isListen);
  }

  #checkIdle(): void {
    // What waited for this one goes on its way first.
    this.#options.clock.setTimeout(() => {
      if (!this.#isBusy) this.#idle();
    }, 0);
  }

  async #end(): Promise<void> {
    const { clock, limits, endpoint } = this.#options;
    const hurry = aborted(this.#skipWait.signal);
    for (let delivered = -1; delivered !== this.#delivered && clock.monotonic() < this.#patientUntil; ) {
      delivered = this.#delivered;
      if (!this.#isBusy) break;
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      if (await within(clock, limits.graceMs, [idle, hurry])) break;
    }
    await within(clock, limits.graceMs, [this.#teller.done]);
    if (this.#session.id !== undefined && !this.#isOver) {
      const control = new AbortController();
      const { headers } = this.#session;
      const ended = endpoint
        .send({ method: 'DELETE', headers, signal: control.signal })
        .then(({ body }) => void body.resume().on('error', () => {}))
        .catch(() => {});
      await within(clock, limits.graceMs, [ended]);
      control.abort();
    }
    this.kill();
  }
}

/**
 * Makes the way to a server behind a URL: Streamable HTTP, with sessions (up to 2025-11-25) and without (2026-07-28), as
 * each message asks for.
 */
export const httpUpstream = (options: UrlSideOptions, ports: UpstreamHost): Upstream => {
  const side = new HttpUpstream(options, ports);
  return {
    // There is nothing to start: what is wrong with the URL shows with the first request, and is healed there.
    open: () => Promise.resolve(),
    send: (bytes, key) => side.send(bytes, key),
    withdraw: (key) => side.withdraw(key),
    get full() {
      return side.full;
    },
    pause: () => side.pause(),
    resume: () => side.resume(),
    setHeader: (name, value) => side.setHeader(name, value),
    close: (patienceMs) => side.close(patienceMs),
    kill: () => side.kill(),
    closed: side.closed,
  };
};
