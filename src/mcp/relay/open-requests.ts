import type { ToolCall } from '../healing/tool-call.ts';
import type { Message } from '../jsonrpc/message.ts';
import { isListen } from '../protocol/methods.ts';

/** A request that was sent to the server and not answered yet. */
export type OpenRequestEntry =
  /** The first attempt of a tool call of the client's. */
  | { readonly kind: 'call'; readonly call: ToolCall }
  /** Any other request of the client's. */
  | {
      readonly kind: 'request';
      readonly request: Message;
      readonly rawId: string;
      readonly receivedAt: number;
      sentAgain: boolean;
    }
  /** A request of healflow's own. */
  | {
      readonly kind: 'own';
      readonly answered: (answer: Message) => void;
      readonly lost: (error: Error) => void;
    };

/** The requests that are open, by key. */
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

  /**
   * The key of the request that an answer with this key is meant for, where the server holds numbers as JavaScript does
   * and has rounded the id. Undefined if there is none.
   */
  findRounded(key: string): string | undefined {
    const value = roundingOf(key);
    if (value === undefined) return undefined;
    for (const open of this.keys()) if (roundingOf(open) === value) return open;
    return undefined;
  }

  /** The requests that are open, but for those that stay so by nature. */
  openKeys(): string[] {
    return [...this].filter(([, expected]) => !isLongLived(expected)).map(([key]) => key);
  }

  get hasOpen(): boolean {
    for (const expected of this.values()) if (!isLongLived(expected)) return true;
    return false;
  }

  /** Resolves when none of the requests that are open now is open any more. Those that stay open by nature do not count. */
  allAnswered(): Promise<void> {
    const keys = new Set(this.openKeys());
    if (keys.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waits.add({ keys, resolve });
    });
  }
}

const isLongLived = (expected: OpenRequestEntry): boolean =>
  expected.kind === 'request' && isListen(expected.request.method);

/** What is left of a number beyond 2^53 in JavaScript; undefined for every other key. */
const roundingOf = (key: string): number | undefined => {
  if (key.length < 16 || key.startsWith('"')) return undefined;
  const value = Number(key);
  return Number.isSafeInteger(value) ? undefined : value;
};

/** How a server was lost. */
export interface UpstreamLoss {
  /** What happened, as a sentence that goes on after "the MCP server". */
  readonly reason: string;
  /** Requests that certainly never reached it, by key. */
  readonly unsent: ReadonlySet<string>;
  /** Whether `unsent` will be sent to the next one; else they have failed too. */
  readonly willResend: boolean;
}
