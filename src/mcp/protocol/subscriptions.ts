import { isRecord } from '../../text/is-record.ts';
import { keyOf, type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import type { ListKind } from './list-changes.ts';

const filterNames: Readonly<Record<ListKind, string>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};
const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';

interface Listen {
  readonly rawId: string;
  readonly wanted: Record<string, unknown>;
  /** Acknowledgements that are to come and that the client has had already. */
  owed: number;
}

/** The request of the stateless protocol that stays open as long as the client wants to hear what changes. */
export const isListen = (method: string): boolean => method === 'subscriptions/listen';

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
    this.#open.set(key, { rawId: rawText(bytes, id), wanted: isRecord(wanted) ? wanted : {}, owed: 0 });
  }

  /** It was answered, or taken back. */
  over(key: string): void {
    this.#open.delete(key);
  }

  /** It was sent to the next server, whose acknowledgement would be the second one. */
  resent(key: string): void {
    const listen = this.#open.get(key);
    if (listen !== undefined) listen.owed = 1;
  }

  /** Whether this is an acknowledgement that the client has had. */
  isDuplicateAck({ method, bytes, params }: Message): boolean {
    if (method !== 'notifications/subscriptions/acknowledged' || params === undefined) return false;
    const meta = memberAt(bytes, params.start, '_meta');
    const id = meta && memberAt(bytes, meta.start, subscriptionKey);
    const listen = id && this.#open.get(keyOf(rawText(bytes, id)));
    if (listen === undefined || listen.owed === 0) return false;
    listen.owed -= 1;
    return true;
  }

  /** What each of those is told that want to hear of it. */
  changed(kind: ListKind): Buffer[] {
    return [...this.#open.values()]
      .filter(({ wanted }) => wanted[filterNames[kind]] === true)
      .map(({ rawId }) =>
        listChangedNotification(kind, `,"params":{"_meta":{${JSON.stringify(subscriptionKey)}:${rawId}}}`),
      );
  }
}

/** The notification that a list has changed. */
export const listChangedNotification = (kind: ListKind, rest = ''): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","method":"notifications/${kind}/list_changed"${rest}}\n`);
