import { errorCodes, errorResponse } from '../../jsonrpc/errors.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, rawIdOf, readMessage } from '../../jsonrpc/message.ts';
import { splice } from '../../jsonrpc/raw-json.ts';
import { cancelledKey } from '../../protocol/cancellation.ts';
import { ResourceSubscriptions } from '../../protocol/subscriptions.ts';
import { Multiplexer, type ResponseSink } from './multiplexer.ts';
import type { ServerConnection } from './server-connection.ts';
import { type ChannelListener, type ServerChannel, serverEnded } from './server-connection.ts';

/** One of the sessions that share a server. */
interface SharedSession {
  readonly session: ChannelListener;
  /** The open requests of this session: its own key -> the shared key. */
  readonly keys: Map<string, string>;
}

/** An initialize request that arrived during the first handshake. */
interface PendingInitialize {
  readonly member: SharedSession;
  readonly request: Message;
}

/**
 * One server of the session protocol for all sessions. The first handshake is shared: later ones get its
 * response. All sessions receive the server's own notifications; its requests go to the session with an open call.
 */
export class SharedServer {
  readonly #connection: ServerConnection;
  readonly #mux: Multiplexer;
  readonly #members = new Set<SharedSession>();
  /** The session that has to respond to each request of the server. */
  readonly #pendingServerRequests = new Map<string, SharedSession>();
  readonly #subscriptions = new ResourceSubscriptions<SharedSession>();
  #initializeResponse: Message | undefined;
  #pendingInitializes: PendingInitialize[] | undefined;
  #isInitialized = false;
  /** The session that sent the last request. */
  #latest: SharedSession | undefined;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
    this.#mux = new Multiplexer((bytes) => connection.fromClient(bytes));
    connection.listen((bytes) => this.#fromServer(bytes));
    void connection.closed.then(() => {
      for (const { session } of [...this.#members]) session.lost(serverEnded);
    });
  }

  /** Whether new sessions need another server. */
  get isOver(): boolean {
    return this.#connection.isOver;
  }

  join(session: ChannelListener): ServerChannel {
    const member: SharedSession = { session, keys: new Map() };
    this.#members.add(member);
    return {
      send: (_bytes, messages) => {
        for (const message of messages) this.#fromClient(message, member);
      },
      whenWritable: () => this.#connection.whenWritable(),
      pause: (holder) => this.#connection.pause(holder),
      resume: (holder) => this.#connection.resume(holder),
      end: async () => this.#leave(member),
    };
  }

  #leave(member: SharedSession): void {
    this.#members.delete(member);
    if (this.#latest === member) this.#latest = undefined;
    for (const key of member.keys.values()) this.#mux.cancel(key);
    for (const uri of this.#subscriptions.leave(member)) {
      const request = `{"jsonrpc":"2.0","id":0,"method":"resources/unsubscribe","params":{"uri":${uri}}}`;
      this.#mux.send(readMessage(Buffer.from(request)), { onResponse: () => {}, onNotification: () => {} });
    }
    for (const [key, recipient] of this.#pendingServerRequests) {
      if (recipient !== member) continue;
      this.#pendingServerRequests.delete(key);
      this.#connection.fromClient(errorResponse(key, errorCodes.serverError, 'the client has gone'));
    }
  }

  #fromClient(message: Message, member: SharedSession): void {
    switch (message.kind) {
      case 'request':
        this.#latest = member;
        this.#handleRequest(message, member);
        break;
      case 'notification':
        this.#handleNotification(message, member);
        break;
      case 'response':
        // A session must not respond to a request that another one received.
        if (this.#pendingServerRequests.get(message.key) !== member) break;
        this.#pendingServerRequests.delete(message.key);
        this.#connection.fromClient(asLine(message.bytes));
        break;
      default:
    }
  }

  #handleRequest(request: Message, member: SharedSession): void {
    switch (request.method) {
      case 'initialize':
        this.#initialize({ member, request });
        return;
      case 'resources/subscribe':
        this.#subscriptions.add(request, member);
        break;
      case 'resources/unsubscribe':
        if (!this.#subscriptions.remove(request, member)) break;
        member.session.fromServer(Buffer.from(`{"jsonrpc":"2.0","id":${rawIdOf(request)},"result":{}}`));
        return;
      default:
    }
    this.#forward(request, member);
  }

  #forward(request: Message, member: SharedSession, onResponse?: (bytes: Buffer) => void): void {
    const sink: ResponseSink = {
      onResponse: (bytes) => {
        member.keys.delete(request.key);
        (onResponse ?? ((response) => member.session.fromServer(response)))(bytes);
      },
      onNotification: (bytes) => member.session.fromServer(bytes),
    };
    member.keys.set(request.key, this.#mux.send(request, sink));
  }

  #initialize(waiting: PendingInitialize): void {
    const { member, request } = waiting;
    if (this.#initializeResponse !== undefined) {
      this.#sendInitializeResponse(this.#initializeResponse, waiting);
    } else if (this.#pendingInitializes !== undefined) {
      this.#pendingInitializes.push(waiting);
    } else {
      this.#pendingInitializes = [];
      this.#forward(request, member, (bytes) => {
        const others = this.#pendingInitializes ?? [];
        this.#pendingInitializes = undefined;
        const response = readMessage(bytes);
        if (response.result !== undefined) this.#initializeResponse = response;
        member.session.fromServer(bytes);
        for (const other of others) this.#initialize(other);
      });
    }
  }

  #sendInitializeResponse({ bytes, id }: Message, { member, request }: PendingInitialize): void {
    if (id !== undefined) member.session.fromServer(splice(bytes, [{ ...id, bytes: rawIdOf(request) }]));
  }

  #handleNotification(message: Message, member: SharedSession): void {
    const { method, bytes } = message;
    if (method === 'notifications/initialized') {
      if (this.#isInitialized) return;
      this.#isInitialized = true;
    }
    if (method === 'notifications/cancelled') {
      const own = cancelledKey(message);
      const key = member.keys.get(own);
      member.keys.delete(own);
      if (key !== undefined) this.#mux.cancel(key, message);
      return;
    }
    this.#connection.fromClient(asLine(bytes));
  }

  #fromServer(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (this.#mux.fromServer(message)) return;
    if (message.kind === 'request') {
      this.#routeServerRequest(message);
      return;
    }
    const members = message.kind === 'notification' ? this.#recipientsOf(message) : undefined;
    for (const { session } of [...(members ?? this.#members)]) session.fromServer(bytes);
  }

  /** The sessions that a notification concerns; undefined if it concerns all. */
  #recipientsOf(message: Message): Iterable<SharedSession> | undefined {
    if (message.method === 'notifications/resources/updated') return this.#subscriptions.subscribersOf(message);
    if (message.method !== 'notifications/cancelled') return undefined;
    const key = cancelledKey(message);
    const recipient = this.#pendingServerRequests.get(key);
    this.#pendingServerRequests.delete(key);
    return recipient === undefined ? undefined : [recipient];
  }

  #routeServerRequest(request: Message): void {
    const busy = [...this.#members].filter(({ keys }) => keys.size > 0);
    const member = busy.length === 1 ? busy[0] : (this.#latest ?? busy.at(-1) ?? [...this.#members].at(-1));
    if (member === undefined) {
      this.#connection.fromClient(errorResponse(rawIdOf(request), errorCodes.serverError, 'there is no client'));
      return;
    }
    this.#pendingServerRequests.set(request.key, member);
    member.session.fromServer(request.bytes);
  }

  /** Ends the server. */
  async close(): Promise<void> {
    await this.#connection.close();
  }
}
