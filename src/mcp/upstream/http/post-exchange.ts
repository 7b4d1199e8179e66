import type { Endpoint, EndpointAnswer, ResponseBody } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { batchMessages } from '../../jsonrpc/batch.ts';
import { errorCodes, HttpError } from '../../jsonrpc/errors.ts';
import { type OversizeLine, withoutLineEnd } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../../jsonrpc/raw-json.ts';
import { type SessionRefusal, sessionEvidence } from '../../protocol/lost-session.ts';
import { isListen, isToolCall } from '../../protocol/methods.ts';
import { readAllPages } from '../../protocol/pages.ts';
import { standardHeaders } from '../../protocol/standard-headers.ts';
import { protocolMeta, statelessVersionOf, versionIn } from '../../protocol/versions.ts';
import { type AnswerEvents, mediaTypeOf, readExcerpt, readMessageBody } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { readFailure, withIdOf } from './http-failure.ts';
import { isRetryableStatus, reconnectDelayMs } from './reconnect.ts';
import { isSessionUnknown } from './session-probe.ts';
import { SseReader } from './sse-reader.ts';
import type { ToolParamHeaders } from './tool-param-headers.ts';
import type { UpstreamSession } from './upstream-session.ts';

/** What an exchange needs; the same for all of one server. */
export interface ExchangePorts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly session: UpstreamSession;
  readonly params: ToolParamHeaders;
  readonly backpressure: Backpressure;
  /** Maximum length of a message that is read, in bytes. */
  readonly maxBytes: number;
  /** How long a stream may go on after its request was cancelled. */
  readonly graceMs: number;
  readonly deliver: (bytes: Buffer) => void;
  /** The error in place of a message that is too long; undefined if it is dropped. */
  readonly replace: (line: OversizeLine) => Buffer | undefined;
  /** Whether requests that the server certainly has not handled may be sent again, all or none; counts them if so. */
  readonly mayResend: (keys: readonly string[]) => Promise<boolean>;
  /** A long-lived request is sent again after its first response had begun. */
  readonly resent: (key: string) => void;
}

/** Why an exchange ended without all of its responses. */
export interface ExchangeFailure {
  readonly error: Error;
  /** The id of the session, if the server no longer knows it and has not handled the request. */
  readonly lostSession?: string | undefined;
}

const shownBytes = 2_000;

/** One message that is POSTed, and all responses to it. */
export class PostExchange {
  readonly message: Message;
  readonly version: string | undefined;
  /** Called each time the message has been sent. */
  onSent: () => void = () => {};
  readonly #ports: ExchangePorts;
  readonly #keys: Set<string>;
  readonly #hasResponse: boolean;
  readonly #control = new AbortController();
  #wasOpen = false;
  #areToolsRequested = false;
  /** The session of the request, if it had one. */
  #sessionId: string | undefined;
  /** A response that refuses the request because of its session. */
  #refusal: Message | undefined;
  #refused: () => void = () => {};
  /** Whether nothing of the response has been delivered yet. */
  #isFirst = true;

  constructor(message: Message, ports: ExchangePorts) {
    this.message = message;
    this.#ports = ports;
    this.version = statelessVersionOf(message);
    this.#keys = new Set(requestsIn(message).map(({ key }) => key));
    // The server judges what is not a message, and the client gets its response.
    this.#hasResponse = this.#keys.size > 0 || message.kind === 'other';
  }

  /** The keys of the requests that have no response yet. */
  get keys(): readonly string[] {
    return [...this.#keys];
  }

  /** Whether nobody waits for it. */
  get isCancelled(): boolean {
    return this.#isOver || (this.#keys.size === 0 && this.message.kind !== 'other');
  }

  /** Whether it belongs to the stateless protocol, where closing the connection cancels a request. */
  get isStateless(): boolean {
    return this.version !== undefined;
  }

  /** Whether it stays open as long as the client wants. */
  get isListen(): boolean {
    return isListen(this.message.method);
  }

  /** Sends the message. Resolves when all responses have arrived, or with the failure; it may then be run again. */
  async run(): Promise<ExchangeFailure | undefined> {
    const { clock, resent } = this.#ports;
    for (let failures = 0; ; failures += 1) {
      const failure = await this.#post();
      if (failure === undefined || this.#isOver) return undefined;
      if (!this.isListen || !isRetryableStatus(statusOf(failure.error))) return failure;
      if (this.#wasOpen) {
        failures = 0;
        this.#wasOpen = false;
        resent(this.message.key);
      }
      await sleep(clock, reconnectDelayMs(failures), this.#control.signal);
      if (this.#isOver) return undefined;
    }
  }

  /** Whether it may be sent again, which the server certainly has not handled; counts it if so. */
  mayResend(): Promise<boolean> {
    return this.#ports.mayResend(this.keys);
  }

  /** Ends it at once; nothing more is delivered. */
  abort(): void {
    this.#control.abort();
  }

  /** A request was cancelled in a session. Its response may still arrive, but is not waited for. */
  stopWaiting(key: string): void {
    const { clock, graceMs } = this.#ports;
    this.#keys.delete(key);
    if (this.#keys.size > 0) return;
    void sleep(clock, graceMs, this.#control.signal).then(() => this.abort());
  }

  get #isOver(): boolean {
    return this.#control.signal.aborted;
  }

  async #post(): Promise<ExchangeFailure | undefined> {
    const { endpoint, session } = this.#ports;
    const { signal } = this.#control;
    const isHandshake = this.message.method === 'initialize';
    this.#sessionId = this.isStateless || isHandshake ? undefined : session.id;
    this.#isFirst = true;
    let response: EndpointAnswer;
    try {
      const body = withoutLineEnd(this.message.bytes);
      const headers = this.#headers(isHandshake);
      const mayFollow = isToolCall(body) ? () => this.mayResend() : undefined;
      response = await endpoint.send({ method: 'POST', headers, body, signal, mayFollow, sent: () => this.onSent() });
    } catch (error) {
      return { error: error as Error };
    }
    if (response.status < 200 || response.status > 299) return this.#failed(response);
    if (isHandshake) session.begin(response);
    return this.#read(response);
  }

  #headers(isHandshake: boolean): Record<string, string> {
    const { session, params } = this.#ports;
    return {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(this.version === undefined
        ? isHandshake
          ? {}
          : session.headers
        : {
            'MCP-Protocol-Version': this.version,
            ...standardHeaders(this.message),
            ...params.headersOf(this.message),
          }),
    };
  }

  async #read({ status, headers, body }: EndpointAnswer): Promise<ExchangeFailure | undefined> {
    const { backpressure, maxBytes } = this.#ports;
    const type = mediaTypeOf(body);
    if (!this.#hasResponse) {
      body.resume().on('error', () => {});
      return undefined;
    }
    if (type === 'text/event-stream') return this.#readStream(body);
    if (type === 'application/json') {
      backpressure.add(body);
      return this.#finish(await readMessageBody(body, maxBytes, this.#events));
    }
    const text = (await readExcerpt(body, shownBytes)).toString();
    if (this.#keys.size === 0) return undefined;
    const what = type === '' ? 'nothing' : type;
    const message = `the MCP server responded with HTTP ${status} and ${what} instead of JSON or an event stream`;
    return { error: new HttpError(message, { status, headers, body: text }) };
  }

  get #events(): AnswerEvents {
    return {
      message: (bytes) => this.#deliver(bytes),
      oversize: (line) => {
        const error = this.#ports.replace(line);
        if (error !== undefined) this.#deliver(error);
      },
    };
  }

  async #readStream(body: ResponseBody): Promise<ExchangeFailure | undefined> {
    this.#wasOpen = true;
    const stream = new SseReader({
      ...this.#ports,
      events: this.#events,
      signal: this.#control.signal,
      isResumable: !this.isStateless,
      isWanted: () => this.#keys.size > 0 && this.#refusal === undefined,
    });
    const refused = new Promise<undefined>((resolve) => {
      this.#refused = () => resolve(undefined);
    });
    return this.#finish(await Promise.race([stream.read(body), refused]));
  }

  async #failed(response: EndpointAnswer): Promise<ExchangeFailure | undefined> {
    const { kind, method } = this.message;
    const request = kind === 'request' ? this.message : undefined;
    const failure = await readFailure(response, request, this.#sessionId !== undefined, this.#ports.clock);
    const { evidence } = failure;
    if (evidence === 'lost' || (evidence === 'doubtful' && (await this.#isSessionUnknown(failure.refusal))))
      return { error: failure.error, lostSession: this.#sessionId };
    const error = failure.response;
    if (kind === 'other') {
      if (error !== undefined) this.#ports.deliver(error.bytes);
      return undefined;
    }
    if (!failure.isResponse || error === undefined) return { error: failure.error };
    const isMismatch = response.status === 400 && codeOf(error) === errorCodes.headerMismatch;
    if (isMismatch && this.isStateless && method === 'tools/call' && !this.#areToolsRequested) {
      // A client on stdio does not know of headers: the proxy finds out which ones the tool needs.
      this.#areToolsRequested = true;
      await this.#requestTools();
      if (this.#isOver) return undefined;
      if (await this.mayResend()) return this.#post();
    }
    if (!this.#isOver) this.#forward(error);
    return undefined;
  }

  async #requestTools(): Promise<void> {
    const meta = protocolMeta(this.message);
    const fetchPage = async (method: string, cursor: string | undefined): Promise<unknown> => {
      const params = { ...(cursor !== undefined && { cursor }), _meta: meta };
      const request = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 'healflow-tools', method, params }));
      let result: unknown;
      const deliver = (bytes: Buffer): void => {
        const response = readMessage(bytes);
        if (response.kind === 'response') result = parseSpan(response.bytes, response.result);
      };
      const exchange = new PostExchange(readMessage(request), { ...this.#ports, deliver });
      const stop = (): void => exchange.abort();
      this.#control.signal.addEventListener('abort', stop);
      await exchange.run();
      this.#control.signal.removeEventListener('abort', stop);
      return result;
    };
    // Each page is read as it arrives.
    await readAllPages('tools/list', fetchPage, () => {});
  }

  #deliver(bytes: Buffer): void {
    if (this.#isOver) return;
    const message = readMessage(bytes);
    // A request that the server has sent messages for was not refused.
    if (this.#isFirst && message.error !== undefined && sessionEvidence(this.#asRefusal(message)) !== 'none') {
      this.#refusal = message;
      this.#refused();
      return;
    }
    this.#forward(message);
  }

  #forward(message: Message): void {
    const { bytes } = message;
    this.#isFirst = false;
    if (message.kind === 'batch') for (const part of batchMessages(bytes)) this.#keys.delete(part.key);
    this.#ports.deliver(message.kind === 'response' ? this.#takeResponse(message) : bytes);
  }

  /** Returns the response as the client gets it. */
  #takeResponse(response: Message): Buffer {
    const { session, params } = this.#ports;
    const { kind, method, bytes, params: requested } = this.message;
    // Any response to a single request answers it, even if its id was rounded on the way.
    if (kind === 'request') this.#keys.clear();
    else this.#keys.delete(response.key);
    if (method === 'initialize' && response.result !== undefined) {
      session.setVersion(versionIn(response));
    }
    if (method !== 'tools/list' || !this.isStateless) return response.bytes;
    return params.addPage(
      response,
      requested === undefined || memberAt(bytes, requested.start, 'cursor') === undefined,
    );
  }

  #asRefusal({ bytes }: Message): SessionRefusal {
    const { kind, key } = this.message;
    const hadSession = kind === 'request' && this.#sessionId !== undefined;
    return { status: 200, body: bytes, hadSession, key };
  }

  async #isSessionUnknown(refusal: SessionRefusal): Promise<boolean> {
    const { session } = this.#ports;
    // The session that this request was part of can no longer be asked.
    if (session.id !== this.#sessionId) return false;
    return isSessionUnknown(refusal, this.#ports);
  }

  /** The failure of an exchange whose response has ended. */
  async #finish(error: Error | undefined): Promise<ExchangeFailure | undefined> {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal === undefined || this.#isOver) return this.#unfinished(error);
    const asRefusal = this.#asRefusal(refusal);
    if (sessionEvidence(asRefusal) !== 'lost' && !(await this.#isSessionUnknown(asRefusal))) {
      if (!this.#isOver) this.#forward(refusal);
      return this.#unfinished(undefined);
    }
    const answer = withIdOf(this.message, refusal);
    // 404 is what the protocol asks for.
    const parts = { status: 404, headers: {}, body: refusal.bytes.toString(), answer };
    return { error: new HttpError('the MCP server no longer knows the session', parts), lostSession: this.#sessionId };
  }

  /** The failure of an exchange whose response has ended without all that was requested. */
  #unfinished(error: Error | undefined): ExchangeFailure | undefined {
    if (this.#keys.size === 0 || this.#isOver) return undefined;
    return { error: error ?? truncated() };
  }
}

const truncated = (): Error =>
  Object.assign(new Error('the MCP server ended its HTTP response without a JSON-RPC response'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });

const codeOf = ({ bytes, error }: Message): unknown =>
  error === undefined ? undefined : parseSpan(bytes, memberAt(bytes, error.start, 'code'));

const statusOf = (error: Error): number | undefined => (error instanceof HttpError ? error.status : undefined);

const requestsIn = (message: Message): Message[] =>
  (message.kind === 'batch' ? batchMessages(message.bytes) : [message]).filter(({ kind }) => kind === 'request');
