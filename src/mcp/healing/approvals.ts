import type { FixQuestion } from '../../model/fix.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { cancelNotification } from '../protocol/cancellation.ts';
import { elicitationParams, isAccepted, supportsFormElicitation } from '../protocol/elicitation.ts';

export interface ApprovalsPorts {
  readonly ids: IdGenerator;
  readonly toClient: (bytes: Buffer) => void;
}

/** Asks the user of the client before a fix runs, through MCP's elicitation. */
export class Approvals {
  readonly #ports: ApprovalsPorts;
  readonly #open = new Map<string, (yes: boolean) => void>();
  #isSupported = false;

  constructor(ports: ApprovalsPorts) {
    this.#ports = ports;
  }

  /** Reads the client's capabilities from its `initialize` request. */
  noteRequest({ method, bytes, params }: Message): void {
    if (method !== 'initialize' || params === undefined) return;
    this.#isSupported = supportsFormElicitation(parseSpan(bytes, memberAt(bytes, params.start, 'capabilities')));
  }

  /** Asks a question; undefined if the client cannot. No response before the question's signal aborts counts as no. */
  get approve(): ((question: FixQuestion) => Promise<boolean>) | undefined {
    return this.#isSupported ? (question) => this.#ask(question) : undefined;
  }

  /** Takes a response of the client; false if it is not for a question. */
  handleResponse({ key, bytes, result }: Message): boolean {
    const settle = this.#open.get(key);
    // A response that comes too late is dropped.
    if (settle === undefined) return this.#ports.ids.issued(key);
    this.#open.delete(key);
    settle(isAccepted(parseSpan(bytes, result)));
    return true;
  }

  #ask(question: FixQuestion): Promise<boolean> {
    const { ids, toClient } = this.#ports;
    const { signal } = question;
    if (signal.aborted) return Promise.resolve(false);
    const id = ids.nextQuestion();
    return new Promise((resolve) => {
      const withdraw = (): void => {
        if (!this.#open.delete(id)) return;
        toClient(cancelNotification(id, 'the question is no longer open'));
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
