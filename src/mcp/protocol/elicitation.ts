import type { Approve, FixQuestion } from '../../model/fix.ts';
import { isRecord } from '../../text/is-record.ts';

/**
 * Whether a client with these capabilities shows forms to its user. One that names no kind shows forms.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#capabilities
 */
export const supportsFormElicitation = (capabilities: unknown): boolean => {
  const elicitation = isRecord(capabilities) ? capabilities.elicitation : undefined;
  return isRecord(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
};

/** The params of the `elicitation/create` that puts the question. */
export const elicitationParams = ({ text }: Pick<FixQuestion, 'text'>) => ({
  message: text,
  requestedSchema: {
    type: 'object' as const,
    properties: { confirm: { type: 'boolean' as const, title: 'Yes, mend it' } },
    required: ['confirm'],
  },
});

/** Whether the answer is a yes: accepted, and confirmed. All else is a no. */
export const isAccepted = (result: unknown): boolean =>
  isRecord(result) && result.action === 'accept' && isRecord(result.content) && result.content.confirm === true;

type ElicitInput = (params: ReturnType<typeof elicitationParams>, options: object) => Promise<unknown>;

/** What the `Server` of both SDK generations can do. */
export interface ElicitingServer {
  getClientCapabilities?(): unknown;
  elicitInput?: ElicitInput;
}

/** What a request handler is given besides: `requestId` in SDK v1, `mcpReq` in v2. */
interface RequestContext {
  readonly requestId?: unknown;
  readonly mcpReq?: { readonly elicitInput?: ElicitInput };
}

/**
 * Finds a way to ask the user behind a request; undefined if the client offers none. The question goes with the
 * request that it is about, where several share a connection.
 */
export const createApprover = (server: ElicitingServer | undefined, context: unknown): Approve | undefined => {
  if (!supportsFormElicitation(server?.getClientCapabilities?.())) return undefined;
  const { requestId, mcpReq } = (context ?? {}) as RequestContext;
  const ask: ElicitInput | undefined =
    mcpReq?.elicitInput?.bind(mcpReq) ??
    (server?.elicitInput &&
      ((form, options) =>
        server.elicitInput?.(form, { ...options, relatedRequestId: requestId }) ?? Promise.resolve()));
  return ask && (async (question) => isAccepted(await ask(elicitationParams(question), { signal: question.signal })));
};
