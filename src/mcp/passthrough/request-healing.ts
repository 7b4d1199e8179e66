import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import { isRepeatableMethod } from '../protocol/methods.ts';
import { HttpFailure, readFailure } from './failure.ts';
import type { UpstreamResponse } from './response.ts';

export interface RequestHealingParts {
  readonly healer: HealerPort;
  /** Whether a fix renews a token that the proxy sends; this may change with the configuration. */
  readonly ownsToken: () => boolean;
  readonly maxBytes: number;
  readonly onHealed: (outcome: RunOutcome<unknown>) => void;
}

/** Statuses that are about the way to the server, independent of the client. */
const gatewayStatuses: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Wraps a response, so that it is not taken for a tool's result. */
class WrappedResponse {
  readonly response: UpstreamResponse;

  constructor(response: UpstreamResponse) {
    this.response = response;
  }
}

/**
 * Requests other than calls of tools, which change nothing and so may be repeated: a client that starts in the morning
 * shall not fail because the server does, or because the proxy's own token has run out in the night.
 *
 * A 401 to the client's own credentials passes: the client has to handle it.
 */
export class RequestHealing {
  readonly #parts: RequestHealingParts;

  constructor(parts: RequestHealingParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with the response to a request, healed if it failed and a fix was possible; else with the failure.
   *
   * @param name The method: JSON-RPC's, or HTTP's if there is none.
   * @throws Error node's own if there is no response.
   */
  async send(name: string, send: () => Promise<UpstreamResponse>, gone: AbortSignal): Promise<UpstreamResponse> {
    const { healer, onHealed } = this.#parts;
    const attempt = async (): Promise<WrappedResponse> => {
      const response = await send();
      if (!this.#isFixable(name, response.status)) return new WrappedResponse(response);
      throw await readFailure(response, this.#parts.maxBytes);
    };
    let failure: unknown;
    try {
      return (await attempt()).response;
    } catch (error) {
      failure = error;
    }
    const isOwn = failure instanceof HttpFailure || mayRepeat(name);
    if (!isOwn || gone.aborted) throw failure;
    const outcome = await healer.heal<WrappedResponse>(name, { thrown: true, error: failure }, attempt, {
      annotations: { readOnlyHint: true },
      signal: gone,
    });
    onHealed(outcome);
    if (outcome.ok || !outcome.thrown) return outcome.value.response;
    if (outcome.error instanceof HttpFailure) return outcome.error.response;
    throw outcome.error;
  }

  #isFixable(name: string, status: number): boolean {
    return (status === 401 && this.#parts.ownsToken()) || (gatewayStatuses.has(status) && mayRepeat(name));
  }
}

const mayRepeat = (name: string): boolean => isRepeatableMethod(name) || name === 'initialize';
