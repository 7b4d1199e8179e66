import { asLine } from '../../jsonrpc/lines.ts';
import { keyOf, type Message, rawIdOf, rawText } from '../../jsonrpc/message.ts';
import { type Edit, memberAt, type Span, splice } from '../../jsonrpc/raw-json.ts';
import { rewriteCancelNotification } from '../../protocol/cancellation.ts';
import { progressTokenOf, readProgress } from '../../protocol/progress.ts';
import { metaKeys } from '../../protocol/versions.ts';

/** Receives the messages for one request, as if no other client used the server. */
export interface ResponseSink {
  /** @param rawId The raw id of the client's own request. */
  onResponse(bytes: Buffer, rawId: string): void;
  /** Receives a message that belongs to the request but is not its response. */
  onNotification(bytes: Buffer): void;
}

/** A request without a response yet. */
export interface MuxedRequest {
  readonly sink: ResponseSink;
  readonly rawId: string;
  readonly rawToken: string | undefined;
}

/**
 * Lets many clients share one server. Their ids and progress tokens may be equal, so each is replaced by a unique one on
 * the way to the server, and restored on the way back. No other byte changes.
 */
export class Multiplexer {
  readonly #toServer: (bytes: Buffer) => void;
  readonly #open = new Map<string, MuxedRequest>();
  #count = 0;

  constructor(toServer: (bytes: Buffer) => void) {
    this.#toServer = toServer;
  }

  /** The requests that are open, the latest last. */
  get open(): readonly MuxedRequest[] {
    return [...this.#open.values()];
  }

  /** Passes a request on; returns the key under which it is open. */
  send(request: Message, sink: ResponseSink): string {
    this.#count += 1;
    const key = String(this.#count);
    const { bytes, id } = request;
    const token = progressTokenOf(request);
    const edits: Edit[] = [
      ...(id === undefined ? [] : [{ ...id, bytes: key }]),
      ...(token === undefined ? [] : [{ ...token, bytes: key }]),
    ];
    const rawId = rawIdOf(request);
    this.#open.set(key, { sink, rawId, rawToken: token && rawText(bytes, token) });
    this.#toServer(asLine(splice(bytes, edits)));
    return key;
  }

  /** Cancels a request. @param notification The client's own, if there is one. */
  cancel(key: string, notification?: Message): void {
    if (!this.#open.delete(key)) return;
    this.#toServer(asLine(rewriteCancelNotification(key, notification)));
  }

  /** Passes a message of the server to its client. Returns false if the message does not name a request. */
  fromServer(message: Message): boolean {
    if (message.kind === 'response') {
      this.#handleResponse(message);
      return true;
    }
    if (message.kind !== 'notification') return false;
    const location = this.#locateRequest(message);
    if (location === undefined) return false;
    const open = this.#open.get(keyOf(rawText(message.bytes, location.span)));
    // A late message for a finished request is dropped.
    open?.sink.onNotification(
      splice(message.bytes, [{ ...location.span, bytes: location.isToken ? (open.rawToken ?? '0') : open.rawId }]),
    );
    return true;
  }

  #handleResponse({ key, bytes, id, result }: Message): void {
    const open = this.#open.get(key);
    if (open === undefined || id === undefined) return;
    this.#open.delete(key);
    const subscription = result && metaOf(bytes, result, metaKeys.subscriptionId);
    const edits = [id, ...(subscription === undefined ? [] : [subscription])];
    open.sink.onResponse(
      splice(
        bytes,
        edits.map((span) => ({ ...span, bytes: open.rawId })),
      ),
      open.rawId,
    );
  }

  /** The place where a notification names its request. */
  #locateRequest(message: Message): { readonly span: Span; readonly isToken: boolean } | undefined {
    if (message.method === 'notifications/progress') {
      const progress = readProgress(message);
      return progress && { span: progress.token, isToken: true };
    }
    const { bytes, params } = message;
    const span = params && metaOf(bytes, params, metaKeys.subscriptionId);
    return span && { span, isToken: false };
  }
}

/** A member of the `_meta` of a `params` or a `result`. */
const metaOf = (bytes: Buffer, around: Span, name: string): Span | undefined => {
  const meta = memberAt(bytes, around.start, '_meta');
  return meta && memberAt(bytes, meta.start, name);
};
