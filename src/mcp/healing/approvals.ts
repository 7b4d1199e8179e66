import type { FixQuestion } from '../../model/fix.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { cancelled } from '../protocol/cancellation.ts';
import { elicitationParams, isAccepted, supportsFormElicitation } from '../protocol/elicitation.ts';

export interface ClientQuestionsPorts {
  readonly ids: IdGenerator;
  readonly toClient: (bytes: Buffer) => void;
}

/** The questions of healflow's own to the person behind the client, where the client can put them: MCP's elicitation. */
export class Approvals {
  readonly #ports: ClientQuestionsPorts;
  readonly #open = new Map<string, (yes: boolean) => void>();
  #possible = false;

  constructor(ports: ClientQuestionsPorts) {
    this.#ports = ports;
  }

  /** Takes note of what the client says that it can do, in its `initialize`. */
  noteRequest({ method, bytes, params }: Message): void {
    if (method !== 'initialize' || params === undefined) return;
    this.#possible = supportsFormElicitation(parseSpan(bytes, memberAt(bytes, params.start, 'capabilities')));
  }

  /** Puts a question; undefined if the client cannot. No answer before the question's signal aborts is a no. */
  get approve(): ((question: FixQuestion) => Promise<boolean>) | undefined {
    return this.#possible ? (question) => this.#ask(question) : undefined;
  }

  /** Takes an answer to one of them; false if the message is none. */
  handleResponse({ key, bytes, result }: Message): boolean {
    const settle = this.#open.get(key);
    // An answer that comes too late is nobody's.
    if (settle === undefined) return this.#ports.ids.issued(key);
    this.#open.delete(key);
    settle(isAccepted(parseSpan(bytes, result)));
    return true;
  }

  #ask(question: FixQuestion): Promise<boolean> {
    const { ids, toClient } = this.#ports;
    const { signal } = question;
    if (signal.aborted) return Promise.resolve(false);
    const id = ids.next();
    return new Promise((resolve) => {
      const withdraw = (): void => {
        if (!this.#open.delete(id)) return;
        toClient(cancelled(id, 'the question is no longer open'));
        resolve(false);
      };
      this.#open.set(id, (yes) => {
        signal.removeEventListener('abort', withdraw);
        resolve(yes);
      });
      signal.addEventListener('abort', withdraw, { once: true });
      const params = JSON.stringify(elicitationParams(question));
      toClient(Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"elicitation/create","params":${params}}\n`));
    });
  }
}
