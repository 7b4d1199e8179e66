import type { Endpoint, EndpointAnswer } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { within } from '../../../platform/wait.ts';

/** The session with a server of the protocol generation that begins with a handshake. */
export class UpstreamSession {
  /** Whether the server no longer knows it; it is then opened again before the next request. */
  isLost = false;
  #id: string | undefined;
  #version: string | undefined;

  get id(): string | undefined {
    return this.#id;
  }

  /** Reads the id, if any, from the headers of the response to `initialize`. */
  begin({ headers }: EndpointAnswer): void {
    const id = headers['mcp-session-id'];
    this.#id = typeof id === 'string' ? id : undefined;
    this.#version = undefined;
    this.isLost = false;
  }

  /** @param version From the result of `initialize`. */
  setVersion(version: unknown): void {
    if (typeof version === 'string' && /^[\w.-]+$/.test(version)) this.#version = version;
  }

  invalidate(): void {
    this.#id = undefined;
    this.#version = undefined;
    this.isLost = true;
  }

  /** The headers of all its requests. */
  get headers(): Record<string, string> {
    return {
      ...(this.#id !== undefined && { 'Mcp-Session-Id': this.#id }),
      ...(this.#version !== undefined && { 'MCP-Protocol-Version': this.#version }),
    };
  }

  /** Ends it at the server. Waits for the response, but not longer than the grace. */
  async end(endpoint: Endpoint, clock: Clock, graceMs: number): Promise<void> {
    if (this.#id === undefined) return;
    const control = new AbortController();
    const ended = endpoint
      .send({ method: 'DELETE', headers: this.headers, signal: control.signal })
      .then(({ body }) => void body.resume().on('error', () => {}))
      .catch(() => {});
    await within(clock, graceMs, [ended]);
    control.abort();
  }
}
