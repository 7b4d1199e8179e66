import { type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt } from '../jsonrpc/raw-json.ts';

/** Which of those that share a server want to hear of which resource. The server itself knows only whether anybody does. */
export class ResourceSubscriptions<T> {
  readonly #members = new Map<string, Set<T>>();

  add(request: Message, member: T): void {
    const uri = uriOf(request);
    this.#members.set(uri, (this.#members.get(uri) ?? new Set()).add(member));
  }

  /** Returns whether others still want to hear of it, so that the server must not be told. */
  remove(request: Message, member: T): boolean {
    const uri = uriOf(request);
    const members = this.#members.get(uri);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(uri);
    return this.#members.has(uri);
  }

  /** Forgets a member; returns the URIs, as they are written in JSON, that nobody wants to hear of any more. */
  leave(member: T): string[] {
    const left: string[] = [];
    for (const [uri, members] of this.#members) {
      if (!members.delete(member) || members.size > 0) continue;
      this.#members.delete(uri);
      left.push(uri);
    }
    return left;
  }

  /** Whom an update concerns; undefined if nobody has asked for it by that name. */
  subscribersOf(update: Message): ReadonlySet<T> | undefined {
    return this.#members.get(uriOf(update));
  }
}

const uriOf = ({ bytes, params }: Message): string => {
  const uri = params && memberAt(bytes, params.start, 'uri');
  return uri === undefined ? '' : rawText(bytes, uri);
};
