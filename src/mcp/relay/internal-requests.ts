import { UpstreamDiedError } from '../jsonrpc/errors.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { Message } from '../jsonrpc/message.ts';
import { cancellation } from '../protocol/cancellation.ts';
import type { OpenRequestEntry } from './open-requests.ts';

/** A request of healflow's own that was sent and not answered yet. */
export interface PendingRequest {
  readonly answer: Promise<Message>;
  /** Takes the request back: its answer is not waited for, and the server is told, in the client's words if it has some. */
  cancel(reason: unknown, notification?: Message): void;
}

export interface OwnRequestsPorts {
  readonly ids: IdGenerator;
  readonly toUpstream: (bytes: Buffer, key: string) => void;
  readonly withdraw: (key: string) => boolean;
}

/** Sends requests of healflow's own to the server, under ids of its own. */
export class InternalRequests {
  readonly #ports: OwnRequestsPorts;
  readonly #expected: Map<string, OpenRequestEntry>;
  #ended = false;

  constructor(ports: OwnRequestsPorts, expected: Map<string, OpenRequestEntry>) {
    this.#ports = ports;
    this.#expected = expected;
  }

  /**
   * @param edit Makes the request, given its raw id.
   * @param tell Sends it; by default the way that all messages go.
   */
  send(edit: (rawId: string) => Buffer, tell?: (bytes: Buffer) => void): PendingRequest {
    const { ids, toUpstream, withdraw } = this.#ports;
    const key = ids.next();
    if (this.#ended) {
      const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
      return { answer: Promise.reject(error), cancel: () => {} };
    }
    let lost = (_error: unknown): void => {};
    const answer = new Promise<Message>((resolve, reject) => {
      lost = reject;
      this.#expected.set(key, { kind: 'own', answered: resolve, lost: reject });
    });
    const cancel = (reason: unknown, notification?: Message): void => {
      if (!this.#expected.delete(key)) return;
      if (!withdraw(key)) toUpstream(cancellation(key, notification), '');
      lost(reason);
    };
    const bytes = edit(key);
    if (tell === undefined) toUpstream(bytes, key);
    else tell(bytes);
    return { answer, cancel };
  }

  /** No server will follow: from now on every request is lost at once. */
  end(): void {
    this.#ended = true;
  }
}

/** Waits for the answer of a request, or takes it back when the signal aborts. */
export const awaitResponse = async (open: PendingRequest, signal: AbortSignal): Promise<Message> => {
  const abandon = (): void => open.cancel(signal.reason);
  signal.addEventListener('abort', abandon, { once: true });
  if (signal.aborted) abandon();
  try {
    return await open.answer;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
};
