import type { Clock } from '../../../model/clock.ts';
import { within } from '../../../platform/wait.ts';
import { isRecord } from '../../../text/is-record.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import type { Message } from '../../jsonrpc/message.ts';
import { parseSpan } from '../../jsonrpc/raw-json.ts';
import { type HttpRejection, refuse } from '../../protocol/http-errors.ts';
import { firstStatelessVersion, metaKeys, metaOf } from '../../protocol/versions.ts';

/** The versions of the stateless protocol that a server supports. A server on stdio may not check them itself. */
export class SupportedVersions {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #send: (request: Buffer) => Promise<unknown>;
  #supported: readonly unknown[] | undefined;

  /** @param send Resolves with the server's result; undefined if there is none. */
  constructor(clock: Clock, timeoutMs: number, send: (request: Buffer) => Promise<unknown>) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#send = send;
  }

  /** Learns from the response to a `server/discover`. */
  learn({ bytes, result }: Message): void {
    if (result !== undefined) this.#remember(parseSpan(bytes, result));
  }

  /** Rejects a request of a version that the server does not support. @param body The parsed request. */
  async check(body: Record<string, unknown>): Promise<HttpRejection | undefined> {
    const meta = metaOf(body) ?? {};
    const requested = meta[metaKeys.protocolVersion];
    if (requested === firstStatelessVersion) return undefined;
    if (this.#supported === undefined) await this.#discover(meta);
    const supported = this.#supported;
    if (supported === undefined || supported.includes(requested)) return undefined;
    const text = `Unsupported protocol version: ${String(requested)}`;
    return refuse(400, errorCodes.unsupportedProtocolVersion, text, { data: { supported, requested } });
  }

  async #discover(meta: Record<string, unknown>): Promise<void> {
    const { progressToken: _, ...facts } = meta;
    const params = { _meta: { ...facts, [metaKeys.protocolVersion]: firstStatelessVersion } };
    const discovery = this.#send(
      Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'server/discover', params })),
    );
    await within(this.#clock, this.#timeoutMs, [discovery.then((result) => this.#remember(result))]);
  }

  #remember(result: unknown): void {
    if (isRecord(result) && Array.isArray(result.supportedVersions)) this.#supported = result.supportedVersions;
  }
}
