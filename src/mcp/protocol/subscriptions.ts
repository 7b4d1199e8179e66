import { isRecord } from '../../text/is-record.ts';
import { keyOf, type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { type ListKind, listChangedNotification } from './list-changes.ts';
import { isListen } from './methods.ts';
import { metaKeys } from './versions.ts';

const filterNames: Readonly<Record<ListKind, string>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

interface Listen {
  readonly rawId: string;
  readonly wanted: Record<string, unknown>;
  /** Acknowledgements still to come that the client has had already. */
  duplicateAcks: number;
}

/**
 * The open `subscriptions/listen` requests of a client.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/subscriptions
 */
export class ListenSubscriptions {
  readonly #open = new Map<string, Listen>();

  noteRequest({ method, key, bytes, id, params }: Message): void {
    if (!isListen(method) || id === undefined) return;
    const wanted = params && parseSpan(bytes, memberAt(bytes, params.start, 'notifications'));
    this.#open.set(key, { rawId: rawText(bytes, id), wanted: isRecord(wanted) ? wanted : {}, duplicateAcks: 0 });
  }

  /** It got its response, or was cancelled. */
  over(key: string): void {
    this.#open.delete(key);
  }

  /** It was sent to a new server, whose acknowledgement will be a duplicate. */
  resent(key: string): void {
    const listen = this.#open.get(key);
    if (listen !== undefined) listen.duplicateAcks = 1;
  }

  /** Whether this is an acknowledgement that the client has had already. */
  isDuplicateAck({ method, bytes, params }: Message): boolean {
    if (method !== 'notifications/subscriptions/acknowledged' || params === undefined) return false;
    const meta = memberAt(bytes, params.start, '_meta');
    const id = meta && memberAt(bytes, meta.start, metaKeys.subscriptionId);
    const listen = id && this.#open.get(keyOf(rawText(bytes, id)));
    if (listen === undefined || listen.duplicateAcks === 0) return false;
    listen.duplicateAcks -= 1;
    return true;
  }

  /** The notifications for all that subscribe to a list. */
  changed(kind: ListKind): Buffer[] {
    return [...this.#open.values()]
      .filter(({ wanted }) => wanted[filterNames[kind]] === true)
      .map(({ rawId }) =>
        listChangedNotification(kind, `,"params":{"_meta":{${JSON.stringify(metaKeys.subscriptionId)}:${rawId}}}`),
      );
  }
}

/** The URI in the params of a request or a notification, as written in JSON; empty if there is none. */
export const uriOf = ({ bytes, params }: Message): string => {
  const uri = params && memberAt(bytes, params.start, 'uri');
  return uri === undefined ? '' : rawText(bytes, uri);
};

/** The sessions that subscribe to each resource of a shared server. The server only knows whether there is any. */
export class ResourceSubscriptions<T> {
  readonly #members = new Map<string, Set<T>>();

  add(request: Message, member: T): void {
    const uri = uriOf(request);
    this.#members.set(uri, (this.#members.get(uri) ?? new Set()).add(member));
  }

  /** Returns whether others still subscribe to it, so the server must not be told. */
  remove(request: Message, member: T): boolean {
    const uri = uriOf(request);
    const members = this.#members.get(uri);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(uri);
    return this.#members.has(uri);
  }

  /** Removes a member; returns the URIs, as written in JSON, that nobody subscribes to any more. */
  leave(member: T): string[] {
    const left: string[] = [];
    for (const [uri, members] of this.#members) {
      if (!members.delete(member) || members.size > 0) continue;
      this.#members.delete(uri);
      left.push(uri);
    }
    return left;
  }

  /** The subscribers of an updated resource; undefined if there are none. */
  subscribersOf(update: Message): ReadonlySet<T> | undefined {
    return this.#members.get(uriOf(update));
  }
}
