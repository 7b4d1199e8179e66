import type { EndpointAnswer } from '../../../http/client.ts';

/** What was agreed with a server of the protocol that begins with a handshake. */
export class UpstreamSession {
  /** Whether the server has forgotten it; it is then begun anew before anything else is asked. */
  isLost = false;
  #id: string | undefined;
  #version: string | undefined;

  get id(): string | undefined {
    return this.#id;
  }

  /** Takes the id, if any, from the head of the answer to `initialize`. */
  begin({ headers }: EndpointAnswer): void {
    const id = headers['mcp-session-id'];
    this.#id = typeof id === 'string' ? id : undefined;
    this.#version = undefined;
    this.isLost = false;
  }

  /** Takes the version from the result of `initialize`. */
  setVersion(version: unknown): void {
    if (typeof version === 'string' && /^[\w.-]+$/.test(version)) this.#version = version;
  }

  invalidate(): void {
    this.#id = undefined;
    this.#version = undefined;
    this.isLost = true;
  }

  /** The headers of every request that belongs to it. */
  get headers(): Record<string, string> {
    return {
      ...(this.#id !== undefined && { 'Mcp-Session-Id': this.#id }),
      ...(this.#version !== undefined && { 'MCP-Protocol-Version': this.#version }),
    };
  }
}
