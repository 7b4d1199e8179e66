import type { EndpointAnswer } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { HttpError } from '../../jsonrpc/errors.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, rawText, readMessage } from '../../jsonrpc/message.ts';
import { memberAt, parseSpan, skipWhitespace, splice } from '../../jsonrpc/raw-json.ts';
import { readExcerpt } from './answer-reader.ts';

/** So much of the body of a failure is looked at. */
const mostBytes = 65_536;
const longestShown = 300;
/** So long is waited for it. */
const longestMs = 5_000;

/** Statuses that tell of the way to the server, whatever the body says. */
const gatewayStatuses: ReadonlySet<number> = new Set([401, 407, 408, 425, 429, 502, 503, 504]);

/** How an HTTP request failed that was answered. */
export interface HttpFailure {
  readonly error: HttpError;
  /** The JSON-RPC error in the body, as it came. */
  readonly response: Message | undefined;
  /** Whether the body is the server's own answer to the request, which has only come with such a status. */
  readonly isAnswer: boolean;
  /** Whether the server no longer knows the session, and so has not looked at the request. */
  readonly isLostSession: boolean;
}

/** Reads what an answer with a status of failure says. @param request The request, where it was one. */
export const readFailure = async (
  answer: EndpointAnswer,
  request: Message | undefined,
  clock: Clock,
): Promise<HttpFailure> => {
  const { status, headers } = answer;
  const timer = clock.setTimeout(() => answer.body.destroy(), longestMs);
  const bytes = await readExcerpt(answer.body, mostBytes);
  clock.clearTimeout(timer);
  const said = readMessage(asLine(bytes));
  const isError = said.error !== undefined && said.id !== undefined;
  const isOwn = isError && request !== undefined && said.key === request.key;
  const body = bytes.toString();
  return {
    error: new HttpError(wordsOf(answer, body), {
      status,
      headers,
      body,
      answer: isError && (said.key === '' || isOwn) ? withIdOf(request, said) : undefined,
    }),
    response: isError ? said : undefined,
    isAnswer: isOwn && !gatewayStatuses.has(status),
    // The protocol asks for 404; servers of the official SDK's examples say 400.
    isLostSession: !isOwn && (status === 404 || (status === 400 && /\bsession\b/i.test(body))),
  };
};

const withIdOf = (request: Message | undefined, { bytes, id, key }: Message): Message | undefined => {
  if (request?.id === undefined || id === undefined) return undefined;
  if (key === request.key) return readMessage(bytes);
  return readMessage(splice(bytes, [{ ...id, bytes: rawText(request.bytes, request.id) }]));
};

const wordsOf = ({ status, statusText, headers }: EndpointAnswer, body: string): string => {
  const words = `the MCP server answered with HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return `${words}: it redirects to ${originOf(headers.location)}, which is not followed; give that URL to --upstream`;
  }
  const said = detailOf(body);
  return said === '' ? words : `${words}: ${said}`;
};

/** Where a redirect leads, without a query, which may hold a secret. */
const originOf = (location: string): string => location.split(/[?#]/, 1)[0] ?? '';

/** What a body says in words: the message of an error, or its text where it is a short one. */
const detailOf = (body: string): string => {
  const bytes = Buffer.from(body);
  const start = skipWhitespace(bytes, 0);
  const error = memberAt(bytes, start, 'error');
  const inner = error && bytes[error.start] === 0x7b ? memberAt(bytes, error.start, 'message') : error;
  const text = parseSpan(bytes, inner ?? memberAt(bytes, start, 'message'));
  if (typeof text === 'string') return text.slice(0, longestShown);
  return body.length <= longestShown && !/^\s*[<{[]/.test(body) ? body.trim() : '';
};
