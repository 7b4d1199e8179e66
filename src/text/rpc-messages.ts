import { isRecord } from './is-record.ts';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const eventsIn = (body: string): string[] =>
  body.split(/\r\n\r\n|\n\n|\r\r/).map((event) =>
    event
      .split(/\r\n|\n|\r/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5))
      .join('\n'),
  );

/** The JSON values that a body holds by itself, as elements of an array, or as events of a stream. */
export const rpcMessagesIn = (body: string): unknown[] => {
  const whole = parse(body);
  const values = whole === undefined ? eventsIn(body).map(parse) : [whole];
  return values.flat().filter((value) => value !== undefined);
};

/** Beginnings of a message whose end may be missing. */
const cutResult = /"(?:result|jsonrpc)"\s*:/;

/** Whether a body holds the result of a request, so the request was carried out. One that cannot be read may hold it. */
export const holdsResult = (body: string): boolean => {
  const messages = rpcMessagesIn(body);
  if (messages.length === 0) return cutResult.test(body);
  // Other APIs have a `result` in their errors, too.
  return messages.some(
    (message) => isRecord(message) && 'result' in message && ('jsonrpc' in message || (message.id ?? null) !== null),
  );
};
