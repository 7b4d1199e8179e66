import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { within } from '../../../platform/wait.ts';
import { isRecord } from '../../../text/is-record.ts';
import type { Message } from '../../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../../jsonrpc/raw-json.ts';
import type { HttpRejection } from '../../protocol/http-errors.ts';
import { readAllPages } from '../../protocol/pages.ts';
import { checkParamHeaders, type ParamHeader, scanParamHeaders } from '../../protocol/param-headers.ts';
import { metaOf } from '../../protocol/versions.ts';

/** Checks the headers of calls against the tool lists of the server. */
export class ParamHeaderCheck {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #send: (request: Buffer) => Promise<unknown>;
  #known: Map<string, readonly ParamHeader[]> | undefined;
  #reading: Promise<unknown> | undefined;

  /**
   * @param timeoutMs How long a server may take to list its tools; then calls pass unchecked.
   * @param send Resolves with the server's result; undefined if there is none.
   */
  constructor(clock: Clock, timeoutMs: number, send: (request: Buffer) => Promise<unknown>) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#send = send;
  }

  /** Learns from a list that a client received. */
  learn({ bytes, params }: Message, { bytes: response, result }: Message): void {
    const isFirstPage = params === undefined || memberAt(bytes, params.start, 'cursor') === undefined;
    if (result !== undefined) this.#remember(parseSpan(response, result), isFirstPage);
  }

  /** Rejects a call with wrong headers. @param body The parsed request. */
  async check(body: Record<string, unknown>, headers: IncomingHttpHeaders): Promise<HttpRejection | undefined> {
    if (this.#known === undefined) await this.#readTools(metaOf(body));
    const params = isRecord(body.params) ? body.params : {};
    const declared = this.#known?.get(String(params.name));
    return declared && checkParamHeaders(declared, params.arguments, headers);
  }

  /** @param meta The `_meta` of the caller's request, which the list request repeats. */
  async #readTools(meta: Record<string, unknown> | undefined): Promise<void> {
    const { progressToken: _, ...facts } = meta ?? {};
    const page = (method: string, cursor: string | undefined): Promise<unknown> => {
      const params = { ...(cursor !== undefined && { cursor }), _meta: facts };
      return this.#send(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, method, params })));
    };
    this.#reading ??= readAllPages('tools/list', page, (result, isFirstPage) => this.#remember(result, isFirstPage));
    await within(this.#clock, this.#timeoutMs, [this.#reading]);
    // A server that does not list its tools is asked only once.
    this.#known ??= new Map();
  }

  #remember(result: unknown, isFirstPage: boolean): void {
    if (!isRecord(result) || !Array.isArray(result.tools)) return;
    if (isFirstPage || this.#known === undefined) this.#known = new Map();
    for (const tool of result.tools as unknown[]) {
      if (!isRecord(tool) || typeof tool.name !== 'string') continue;
      const { headers } = scanParamHeaders(tool.inputSchema);
      if (headers.length > 0) this.#known.set(tool.name, headers);
    }
  }
}
