import type { MakeRequest, MayResend, PendingRequest } from '../healing/call-healing.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import { UpstreamDiedError } from '../jsonrpc/errors.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { Message } from '../jsonrpc/message.ts';
import { splice } from '../jsonrpc/raw-json.ts';
import { rewriteCancelNotification } from '../protocol/cancellation.ts';
import type { OpenRequests } from './open-requests.ts';

export interface InternalRequestsPorts {
  readonly healer: HealerPort;
  readonly ids: IdGenerator;
  readonly toUpstream: (bytes: Buffer, key: string) => void;
  readonly withdraw: (key: string) => boolean;
}

/** Sends healflow's own requests to the server, with ids of its own. */
export class InternalRequests {
  /** The `_meta` that the stateless protocol needs in every request; undefined in a session. */
  meta: Record<string, unknown> | undefined;
  readonly #ports: InternalRequestsPorts;
  readonly #open: OpenRequests;
  #ended = false;

  constructor(ports: InternalRequestsPorts, open: OpenRequests) {
    this.#ports = ports;
    this.#open = open;
  }

  /** Calls a method. */
  call(method: string, members: Record<string, unknown>): PendingRequest {
    const meta = { ...this.meta, ...this.#ports.healer.telemetry?.inject() };
    const params = { ...members, ...(Object.keys(meta).length > 0 && { _meta: meta }) };
    const rest = `"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}\n`;
    return this.send((rawId) => Buffer.from(`{"jsonrpc":"2.0","id":${rawId},${rest}`));
  }

  /** Repeats a request of the client. @param send Sends it past the queue. */
  repeat({ bytes, id }: Message, send: (bytes: Buffer) => void): Promise<Message> {
    return this.send((rawId) => (id === undefined ? bytes : splice(bytes, [{ ...id, bytes: rawId }])), { send })
      .response;
  }

  /**
   * @param edit Makes the request, given its id.
   * @param options.send Sends it; by default like all other messages.
   * @param options.mayResend Of an attempt of a tool call, whether it may be sent again.
   */
  send(
    edit: (rawId: string) => Buffer,
    { send, mayResend }: { readonly send?: (bytes: Buffer) => void; readonly mayResend?: MayResend } = {},
  ): PendingRequest {
    const { ids, toUpstream, withdraw } = this.#ports;
    const key = ids.next();
    if (this.#ended) {
      const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
      return { response: Promise.reject(error), cancel: () => {} };
    }
    let fail = (_error: unknown): void => {};
    const response = new Promise<Message>((resolve, reject) => {
      fail = reject;
      this.#open.set(key, { kind: 'internal', resolve, reject, mayResend });
    });
    const cancel = (reason: unknown, notification?: Message): void => {
      if (!this.#open.delete(key)) return;
      if (!withdraw(key)) toUpstream(rewriteCancelNotification(key, notification), '');
      fail(reason);
    };
    const bytes = edit(key);
    if (send === undefined) toUpstream(bytes, key);
    else send(bytes);
    return { response, cancel };
  }

  /**
   * Sends a tool call for a check. Its progress token is of no call, so that the client gets no progress of it.
   *
   * @throws Error if no server follows.
   */
  sendCheck(edit: MakeRequest): PendingRequest {
    if (this.#ended) throw new Error('the session has ended');
    const rawToken = this.#ports.ids.next();
    return this.send((rawId) => edit(rawId, rawToken));
  }

  /** No server follows: every later request fails at once. */
  end(): void {
    this.#ended = true;
  }
}
