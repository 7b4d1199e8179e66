import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import { isRepeatableMethod } from '../protocol/methods.ts';
import { failureOf, HttpFailure } from './failure.ts';
import type { Answer } from './response.ts';

export interface QuestionsParts {
  readonly healer: HealerPort;
  /** Whether a fix renews a token that the proxy itself sends. */
  readonly ownsToken: boolean;
  readonly maxBytes: number;
  readonly healed: (outcome: RunOutcome<unknown>) => void;
}

/** These tell of the way to the server, whoever asks. */
const ofTheWay: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Keeps an answer from being taken for what a tool has returned. */
class Given {
  readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/**
 * Requests other than calls of tools, which change nothing and so may be repeated: a client that starts in the morning
 * shall not fail because the server does, or because the proxy's own token has run out in the night.
 *
 * A 401 to the client's own credentials is the client's to answer, and passes.
 */
export class RequestHealing {
  readonly #parts: QuestionsParts;

  constructor(parts: QuestionsParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with the answer to a request, healed where it failed and that could be mended; else with the failure.
   *
   * @param name The method: JSON-RPC's, or HTTP's where there is none.
   * @throws Error node's own where there is no answer.
   */
  async answerTo(name: string, send: () => Promise<Answer>, gone: AbortSignal): Promise<Answer> {
    const { healer, healed } = this.#parts;
    const attempt = async (): Promise<Given> => {
      const answer = await send();
      if (!this.#isMendable(name, answer.status)) return new Given(answer);
      throw await failureOf(answer, this.#parts.maxBytes);
    };
    let failure: unknown;
    try {
      return (await attempt()).answer;
    } catch (error) {
      failure = error;
    }
    const isOwn = failure instanceof HttpFailure || mayRepeat(name);
    if (!isOwn || gone.aborted) throw failure;
    const outcome = await healer.heal<Given>(name, { thrown: true, error: failure }, attempt, {
      annotations: { readOnlyHint: true },
      signal: gone,
    });
    healed(outcome);
    if (outcome.ok || !outcome.thrown) return outcome.value.answer;
    if (outcome.error instanceof HttpFailure) return outcome.error.whole;
    throw outcome.error;
  }

  #isMendable(name: string, status: number): boolean {
    return (status === 401 && this.#parts.ownsToken) || (ofTheWay.has(status) && mayRepeat(name));
  }
}

const mayRepeat = (name: string): boolean => isRepeatableMethod(name) || name === 'initialize';
