import type { EndpointAnswer } from '../../../http/client.ts';
import type { Clock } from '../../../model/clock.ts';
import { HttpError } from '../../jsonrpc/errors.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, rawText, readMessage } from '../../jsonrpc/message.ts';
import { memberAt, parseSpan, skipWhitespace, splice } from '../../jsonrpc/raw-json.ts';
import { describeRedirect, describeStatus } from '../../protocol/http-errors.ts';
import {
  namesLostSession,
  type SessionEvidence,
  type SessionRefusal,
  sessionEvidence,
} from '../../protocol/lost-session.ts';
import { readExcerpt } from './answer-reader.ts';

/** Maximum size of a failure's body that is read. */
const maxBytes = 65_536;
const maxShownLength = 300;
/** Maximum time to wait for it. */
const timeoutMs = 5_000;

/** Statuses that concern the connection to the server, whatever the body contains. */
const gatewayStatuses: ReadonlySet<number> = new Set([401, 407, 408, 425, 429, 502, 503, 504]);

/** The failure in an HTTP response. */
export interface HttpFailure {
  readonly error: HttpError;
  /** The JSON-RPC error in the body, unchanged. */
  readonly response: Message | undefined;
  /** Whether the body is the JSON-RPC response to the request, in spite of the status. */
  readonly isResponse: boolean;
  /** Whether the server no longer knows the session, and so has not handled the request. */
  readonly evidence: SessionEvidence;
  /** The response, as a refusal of the session. */
  readonly refusal: SessionRefusal;
  /** Whether the body says so too, not only the status. */
  readonly namesSession: boolean;
}

/** Reads a response with the status of a failure. @param request The request, if the message was one. */
export const readFailure = async (
  response: EndpointAnswer,
  request: Message | undefined,
  hadSession: boolean,
  clock: Clock,
): Promise<HttpFailure> => {
  const { status, headers } = response;
  const timer = clock.setTimeout(() => response.body.destroy(), timeoutMs);
  const bytes = await readExcerpt(response.body, maxBytes);
  clock.clearTimeout(timer);
  const message = readMessage(asLine(bytes));
  const isError = message.error !== undefined && message.id !== undefined;
  const isOwn = isError && request !== undefined && message.key === request.key;
  const body = bytes.toString();
  const refusal: SessionRefusal = {
    ...{ status, body: bytes, hadSession, key: request?.key ?? '' },
    isChallenge: headers['www-authenticate'] !== undefined,
  };
  return {
    error: new HttpError(describeFailure(response, body), {
      status,
      headers,
      body,
      answer: isError && (message.key === '' || isOwn) ? withIdOf(request, message) : undefined,
    }),
    response: isError ? message : undefined,
    isResponse: isOwn && !gatewayStatuses.has(status),
    evidence: sessionEvidence(refusal),
    refusal,
    namesSession: namesLostSession(bytes),
  };
};

/** A response of the server, with the id that the request has. */
export const withIdOf = (request: Message | undefined, { bytes, id, key }: Message): Message | undefined => {
  if (request?.id === undefined || id === undefined) return undefined;
  if (key === request.key) return readMessage(bytes);
  return readMessage(splice(bytes, [{ ...id, bytes: rawText(request.bytes, request.id) }]));
};

const describeFailure = (response: EndpointAnswer, body: string): string => {
  const redirect = describeRedirect(response);
  if (redirect !== undefined) return redirect;
  const detail = detailOf(body);
  return detail === '' ? describeStatus(response) : `${describeStatus(response)}: ${detail}`;
};

/** The message of an error in a body, or the body itself if it is a short text. */
const detailOf = (body: string): string => {
  const bytes = Buffer.from(body);
  const start = skipWhitespace(bytes, 0);
  const error = memberAt(bytes, start, 'error');
  const inner = error && bytes[error.start] === 0x7b ? memberAt(bytes, error.start, 'message') : error;
  const text = parseSpan(bytes, inner ?? memberAt(bytes, start, 'message'));
  if (typeof text === 'string') return text.slice(0, maxShownLength);
  return body.length <= maxShownLength && !/^\s*[<{[]/.test(body) ? body.trim() : '';
};
