import type { ToolCall } from './call.ts';
import type { Message } from './message.ts';

/** A request that was sent to the server and not answered yet. */
export type Expected =
  /** The first attempt of a tool call of the client's. */
  | { readonly kind: 'call'; readonly call: ToolCall }
  /** Any other request of the client's. */
  | { readonly kind: 'request'; readonly request: Message; readonly rawId: string; sentAgain: boolean }
  /** A request of healflow's own. */
  | {
      readonly kind: 'own';
      readonly answered: (answer: Message) => void;
      readonly lost: (error: Error) => void;
    };

/** How a server was lost. */
export interface Loss {
  /** What happened, as a sentence that goes on after "the MCP server". */
  readonly reason: string;
  /** Requests that certainly never reached it, by key. */
  readonly unsent: ReadonlySet<string>;
  /** Whether `unsent` will be sent to the next one; else they have failed too. */
  readonly willSend: boolean;
}

/** Requests that only ask, so that a new server may be asked again. */
const questions: ReadonlySet<string> = new Set([
  'completion/complete',
  'logging/setLevel',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'server/discover',
  'tools/list',
]);

export const isQuestion = (method: string): boolean => questions.has(method);
