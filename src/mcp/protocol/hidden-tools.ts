import { errorCodes, errorResponse } from '../jsonrpc/errors.ts';
import { type Message, rawText } from '../jsonrpc/message.ts';
import { elementsAt, memberAt, parseSpan, splice } from '../jsonrpc/raw-json.ts';

/** Whether clients do not see a tool. */
export type IsHidden = (tool: string) => boolean;

/**
 * The response to a call of a hidden tool: the error that both generations of the protocol have for a tool that does not
 * exist. Undefined for all other requests.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling
 */
export const hiddenCallError = ({ method, bytes, id, params }: Message, isHidden?: IsHidden): Buffer | undefined => {
  if (isHidden === undefined || method !== 'tools/call' || params === undefined || id === undefined) return undefined;
  const name = parseSpan(bytes, memberAt(bytes, params.start, 'name'));
  if (typeof name !== 'string' || !isHidden(name)) return undefined;
  return errorResponse(rawText(bytes, id), errorCodes.invalidParams, `Unknown tool: ${name}`);
};

/** Responds to a call of a hidden tool, which the server never gets. Returns whether the request was one. */
export const rejectHiddenCall = (
  request: Message,
  ports: { readonly healer: { readonly isHidden?: IsHidden | undefined }; readonly toClient: (bytes: Buffer) => void },
): boolean => {
  const error = hiddenCallError(request, ports.healer.isHidden);
  if (error !== undefined) ports.toClient(error);
  return error !== undefined;
};

/** The response to `tools/list` without hidden tools; undefined if a response is another one, or lists none of them. */
export const shownTools = (request: Message, response: Message, isHidden?: IsHidden): Buffer | undefined =>
  isHidden !== undefined && request.method === 'tools/list' && request.key === response.key
    ? withoutHiddenTools(response, isHidden)
    : undefined;

/** The response to `tools/list` without the hidden tools; undefined if it lists none of them. */
const withoutHiddenTools = ({ bytes, result }: Message, isHidden: IsHidden): Buffer | undefined => {
  const tools = result && memberAt(bytes, result.start, 'tools');
  const elements = tools && elementsAt(bytes, tools.start);
  if (tools === undefined || elements === undefined) return undefined;
  const shown = elements.filter(({ start }) => {
    const name = parseSpan(bytes, memberAt(bytes, start, 'name'));
    return !(typeof name === 'string' && isHidden(name));
  });
  if (shown.length === elements.length) return undefined;
  const start = elements[0]?.start ?? tools.start;
  const end = elements.at(-1)?.end ?? tools.end;
  const pieces = shown.flatMap((element) => [Buffer.from(','), bytes.subarray(element.start, element.end)]);
  return splice(bytes, [{ start, end, bytes: Buffer.concat(pieces.slice(1)) }]);
};
