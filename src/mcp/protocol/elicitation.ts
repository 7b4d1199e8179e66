import type { FixQuestion } from '../../model/fix.ts';
import { isRecord } from '../../text/is-record.ts';

/**
 * Whether a client with these capabilities can show a form to its user. A client that names no kind of elicitation can.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#capabilities
 */
export const supportsFormElicitation = (capabilities: unknown): boolean => {
  const elicitation = isRecord(capabilities) ? capabilities.elicitation : undefined;
  return isRecord(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
};

/** The params of the `elicitation/create` that asks the question. */
export const elicitationParams = ({ text }: Pick<FixQuestion, 'text'>, title = 'Run the fix') => ({
  message: text,
  requestedSchema: {
    type: 'object' as const,
    properties: { confirm: { type: 'boolean' as const, title } },
    required: ['confirm'],
  },
});

/** Whether the user accepted and confirmed. Everything else is a refusal. */
export const isAccepted = (result: unknown): boolean =>
  isRecord(result) && result.action === 'accept' && isRecord(result.content) && result.content.confirm === true;
