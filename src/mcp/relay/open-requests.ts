import type { MayResend } from '../healing/call-healing.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { UpstreamDiedError } from '../jsonrpc/errors.ts';
import type { Message } from '../jsonrpc/message.ts';
import { isListen } from '../protocol/methods.ts';

/** A request that was sent to the server and has no response yet. */
export type OpenRequestEntry =
  /** The first attempt of a tool call of the client. */
  | { readonly kind: 'call'; readonly call: ToolCall }
  /** Any other request of the client. */
  | {
      readonly kind: 'request';
      readonly request: Message;
      readonly rawId: string;
      readonly receivedAt: number;
      readonly isResent: boolean;
    }
  /** A request that healflow itself sent. */
  | {
      readonly kind: 'internal';
      readonly resolve: (response: Message) => void;
      readonly reject: (error: Error) => void;
      /** Undefined if it is no attempt of a tool call. */
      readonly mayResend?: MayResend | undefined;
    };

/** The open requests by key. */
export class OpenRequests extends Map<string, OpenRequestEntry> {
  readonly #waits = new Set<{ readonly keys: Set<string>; readonly resolve: () => void }>();

  override delete(key: string): boolean {
    for (const wait of this.#waits) {
      wait.keys.delete(key);
      if (wait.keys.size > 0) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
    return super.delete(key);
  }

  /** Removes a request and returns it. */
  take(key: string): OpenRequestEntry | undefined {
    const entry = this.get(key);
    this.delete(key);
    return entry;
  }

  /** Removes all requests and returns them. */
  takeAll(): OpenRequestEntry[] {
    return [...this.keys()].flatMap((key) => this.take(key) ?? []);
  }

  /**
   * The key of the request that a response is for if the server stores numbers as JavaScript does and has rounded the id.
   * Undefined if there is none.
   */
  findRounded(key: string): string | undefined {
    const value = roundingOf(key);
    if (value === undefined) return undefined;
    for (const open of this.keys()) if (roundingOf(open) === value) return open;
    return undefined;
  }

  /** The first attempts of tool calls that are open. */
  get calls(): { readonly call: ToolCall }[] {
    return [...this.values()].filter((entry) => entry.kind === 'call');
  }

  /** The keys of the open requests, without long-lived ones. */
  openKeys(): string[] {
    return [...this].filter(([, entry]) => !isLongLived(entry)).map(([key]) => key);
  }

  get hasOpen(): boolean {
    for (const entry of this.values()) if (!isLongLived(entry)) return true;
    return false;
  }

  /**
   * Removes the requests that a lost server leaves open, and returns them with their failures. Those that it never got are
   * left to the next one, but no retry is: it was decided by the annotations of the lost server, and is decided again.
   */
  takeLost({ reason, unsent, willResend }: UpstreamLoss, withdraw: (key: string) => boolean): LostRequest[] {
    const isLeft = (key: string, entry: OpenRequestEntry): boolean =>
      willResend && unsent.has(key) && !(entry.kind === 'internal' && entry.mayResend !== undefined && withdraw(key));
    const lost = [...this].filter(([key, entry]) => !isLeft(key, entry));
    return lost.map(([key, entry]) => {
      this.delete(key);
      const error = unsent.has(key)
        ? new UpstreamDiedError('UPSTREAM_DIED_UNSENT', `the MCP server ${reason}`)
        : new UpstreamDiedError('UPSTREAM_DIED', `the MCP server ${reason} before it answered`);
      return { key, entry, error };
    });
  }

  /** Resolves when all requests that are open now are settled, apart from long-lived ones. */
  allAnswered(): Promise<void> {
    const keys = new Set(this.openKeys());
    if (keys.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waits.add({ keys, resolve });
    });
  }
}

const isLongLived = (entry: OpenRequestEntry): boolean => entry.kind === 'request' && isListen(entry.request.method);

/** The value of a number beyond 2^53 in JavaScript; undefined for every other key. */
const roundingOf = (key: string): number | undefined => {
  if (key.length < 16 || key.startsWith('"')) return undefined;
  const value = Number(key);
  return Number.isSafeInteger(value) ? undefined : value;
};

export interface LostRequest {
  readonly key: string;
  readonly entry: OpenRequestEntry;
  readonly error: UpstreamDiedError;
}

/** How a server was lost. */
export interface UpstreamLoss {
  /** What happened, in words that follow "the MCP server". */
  readonly reason: string;
  /** The keys of requests that certainly never reached it. */
  readonly unsent: ReadonlySet<string>;
  /** Whether the next server gets the unsent requests; if not, they have failed too. */
  readonly willResend: boolean;
}
