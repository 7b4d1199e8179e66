import type { IncomingMessage } from 'node:http';
import type { Endpoint, EndpointAnswer } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { sleep } from '../../../platform/wait.ts';
import { batchMessages } from '../../jsonrpc/batch.ts';
import { errorCodes, HttpError } from '../../jsonrpc/errors.ts';
import { type OversizeLine, withoutLineEnd } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../../jsonrpc/raw-json.ts';
import { isListen } from '../../protocol/methods.ts';
import { readAllPages } from '../../protocol/pages.ts';
import { standardHeaders } from '../../protocol/standard-headers.ts';
import { protocolMeta, statelessVersionOf, versionIn } from '../../protocol/versions.ts';
import { type AnswerEvents, mediaTypeOf, readExcerpt, readMessageBody } from './answer-reader.ts';
import type { Backpressure } from './backpressure.ts';
import { readFailure } from './http-failure.ts';
import { isRetryableStatus, reconnectDelayMs } from './reconnect.ts';
import { SseReader } from './sse-reader.ts';
import type { ToolParamHeaders } from './tool-param-headers.ts';
import type { UpstreamSession } from './upstream-session.ts';

/** What an exchange needs; the same for all of one server. */
export interface ExchangePorts {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly session: UpstreamSession;
  readonly params: ToolParamHeaders;
  readonly flow: Backpressure;
  /** The longest message that is read, in bytes. */
  readonly maxBytes: number;
  /** How long a stream may go on whose request was taken back. */
  readonly graceMs: number;
  readonly deliver: (bytes: Buffer) => void;
  /** What takes the place of a message that is too long; undefined if it is dropped. */
  readonly replace: (line: OversizeLine) => Buffer | undefined;
  /** A request that stays open is sent again, after its first answer had begun. */
  readonly sentAgain: (key: string) => void;
}

/** Why an exchange ended without all of its answers. */
export interface ExchangeFailure {
  readonly error: Error;
  /** The id of the session that the server no longer knows, so that the request was not looked at. */
  readonly lostSession?: string | undefined;
}

const shownBytes = 2_000;

/** One message that is POSTed, and all that comes back for it. */
export class PostExchange {
  readonly message: Message;
  readonly version: string | undefined;
  /** Called when the message was handed over, each time it is sent. */
  onSent: () => void = () => {};
  readonly #ports: ExchangePorts;
  readonly #keys: Set<string>;
  readonly #isAnswered: boolean;
  readonly #control = new AbortController();
  #wasOpen = false;
  #toolsAsked = false;

  constructor(message: Message, ports: ExchangePorts) {
    this.message = message;
    this.#ports = ports;
    this.version = statelessVersionOf(message);
    this.#keys = new Set(requestsIn(message).map(({ key }) => key));
    // What is no message is for the server to judge, and what it says of it for the client to see.
    this.#isAnswered = this.#keys.size > 0 || message.kind === 'other';
  }

  /** The requests that are still to be answered. */
  get keys(): readonly string[] {
    return [...this.#keys];
  }

  /** Whether nobody waits for it any more. */
  get isCancelled(): boolean {
    return this.#isOver || (this.#keys.size === 0 && this.message.kind !== 'other');
  }

  /** Whether it belongs to the protocol without sessions, where the end of a connection takes a request back. */
  get isStateless(): boolean {
    return this.version !== undefined;
  }

  /** Whether it stays open as long as the client likes. */
  get isListen(): boolean {
    return isListen(this.message.method);
  }

  /** Sends the message. Resolves when all is answered, or with the reason why it is not; may be run again then. */
  async run(): Promise<ExchangeFailure | undefined> {
    const { clock, sentAgain } = this.#ports;
    for (let failures = 0; ; failures += 1) {
      const failure = await this.#post();
      if (failure === undefined || this.#isOver) return undefined;
      if (!this.isListen || !isRetryableStatus(statusOf(failure.error))) return failure;
      if (this.#wasOpen) {
        failures = 0;
        this.#wasOpen = false;
        sentAgain(this.message.key);
      }
      await sleep(clock, reconnectDelayMs(failures), this.#control.signal);
      if (this.#isOver) return undefined;
    }
  }

  /** Ends it at once; nothing more comes of it. */
  abort(): void {
    this.#control.abort();
  }

  /** A request was taken back in a session. Its answer is no longer waited for, though one may still come. */
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
    const sessionId = this.isStateless || isHandshake ? undefined : session.id;
    let answer: EndpointAnswer;
    try {
      const body = withoutLineEnd(this.message.bytes);
      const headers = this.#headers(isHandshake);
      answer = await endpoint.send({ method: 'POST', headers, body, signal, sent: () => this.onSent() });
    } catch (error) {
      return { error: error as Error };
    }
    if (answer.status < 200 || answer.status > 299) return this.#refused(answer, sessionId);
    if (isHandshake) session.begin(answer);
    return this.#read(answer);
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
    const { flow, maxBytes } = this.#ports;
    const type = mediaTypeOf(body);
    if (!this.#isAnswered) {
      body.resume().on('error', () => {});
      return undefined;
    }
    if (type === 'text/event-stream') return this.#readStream(body);
    if (type === 'application/json') {
      flow.add(body);
      return this.#left(await readMessageBody(body, maxBytes, this.#events));
    }
    const text = (await readExcerpt(body, shownBytes)).toString();
    if (this.#keys.size === 0) return undefined;
    const what = type === '' ? 'nothing' : type;
    const message = `the MCP server answered with HTTP ${status} and ${what} where JSON or a stream of events is expected`;
    return { error: new HttpError(message, { status, headers, body: text }) };
  }

  get #events(): AnswerEvents {
    return {
      message: (bytes) => this.#deliver(bytes),
      oversize: (line) => {
        const substitute = this.#ports.replace(line);
        if (substitute !== undefined) this.#deliver(substitute);
      },
    };
  }

  async #readStream(body: IncomingMessage): Promise<ExchangeFailure | undefined> {
    this.#wasOpen = true;
    const stream = new SseReader({
      ...this.#ports,
      events: this.#events,
      signal: this.#control.signal,
      isResumable: !this.isStateless,
      isWanted: () => this.#keys.size > 0,
    });
    return this.#left(await stream.read(body));
  }

  async #refused(answer: EndpointAnswer, sessionId: string | undefined): Promise<ExchangeFailure | undefined> {
    const { kind, method } = this.message;
    const failure = await readFailure(answer, kind === 'request' ? this.message : undefined, this.#ports.clock);
    if (failure.isLostSession && sessionId !== undefined) return { error: failure.error, lostSession: sessionId };
    const said = failure.response;
    if (kind === 'other') {
      if (said !== undefined) this.#ports.deliver(said.bytes);
      return undefined;
    }
    if (!failure.isAnswer || said === undefined) return { error: failure.error };
    const isMismatch = answer.status === 400 && codeOf(said) === errorCodes.headerMismatch;
    if (isMismatch && this.isStateless && method === 'tools/call' && !this.#toolsAsked) {
      // A client on stdio knows of no headers: which ones the tool asks for is for the proxy to find out.
      this.#toolsAsked = true;
      await this.#askForTools();
      return this.#isOver ? undefined : this.#post();
    }
    this.#deliver(said.bytes);
    return undefined;
  }

  async #askForTools(): Promise<void> {
    const meta = protocolMeta(this.message);
    const ask = async (method: string, cursor: string | undefined): Promise<unknown> => {
      const params = { ...(cursor !== undefined && { cursor }), _meta: meta };
      const request = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 'healflow-tools', method, params }));
      let result: unknown;
      const deliver = (bytes: Buffer): void => {
        const answer = readMessage(bytes);
        if (answer.kind === 'response') result = parseSpan(answer.bytes, answer.result);
      };
      const exchange = new PostExchange(readMessage(request), { ...this.#ports, deliver });
      const stop = (): void => exchange.abort();
      this.#control.signal.addEventListener('abort', stop);
      await exchange.run();
      this.#control.signal.removeEventListener('abort', stop);
      return result;
    };
    // Each page is taken note of as it arrives.
    await readAllPages('tools/list', ask, () => {});
  }

  #deliver(bytes: Buffer): void {
    if (this.#isOver) return;
    const message = readMessage(bytes);
    if (message.kind === 'batch') for (const part of batchMessages(bytes)) this.#keys.delete(part.key);
    this.#ports.deliver(message.kind === 'response' ? this.#answered(message) : bytes);
  }

  /** Returns the answer as the client gets it. */
  #answered(answer: Message): Buffer {
    const { session, params } = this.#ports;
    const { kind, method, bytes, params: asked } = this.message;
    // What comes back for one request answers it, also where its id was rounded on the way.
    if (kind === 'request') this.#keys.clear();
    else this.#keys.delete(answer.key);
    if (method === 'initialize' && answer.result !== undefined) {
      session.setVersion(versionIn(answer));
    }
    if (method !== 'tools/list' || !this.isStateless) return answer.bytes;
    return params.learn(answer, asked === undefined || memberAt(bytes, asked.start, 'cursor') === undefined);
  }

  /** What is left to be said once an answer has ended. */
  #left(error: Error | undefined): ExchangeFailure | undefined {
    if (this.#keys.size === 0 || this.#isOver) return undefined;
    return { error: error ?? brokenOff() };
  }
}

const brokenOff = (): Error =>
  Object.assign(new Error('the MCP server ended its answer without a response'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });

const codeOf = ({ bytes, error }: Message): unknown =>
  error === undefined ? undefined : parseSpan(bytes, memberAt(bytes, error.start, 'code'));

const statusOf = (error: Error): number | undefined => (error instanceof HttpError ? error.status : undefined);

const requestsIn = (message: Message): Message[] =>
  (message.kind === 'batch' ? batchMessages(message.bytes) : [message]).filter(({ kind }) => kind === 'request');
