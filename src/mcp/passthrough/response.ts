import type { EndpointAnswer } from '../../http/client.ts';

/** A server's answer whose body is read once, piece by piece. */
export type Answer = Omit<EndpointAnswer, 'body'> & { readonly body: AsyncIterable<Buffer> };

export interface Peeked {
  /** What was read so far. */
  readonly bytes: Buffer;
  /** Whether that is all. */
  readonly isWhole: boolean;
  /** The same answer, from its first byte on. */
  readonly answer: Answer;
}

/** Reads an answer's body to its end, or until it is longer than `maxBytes`; then the rest waits. */
export const readUpTo = async (answer: Answer, maxBytes: number): Promise<Peeked> => {
  const pieces: Buffer[] = [];
  let length = 0;
  const reading = answer.body[Symbol.asyncIterator]();
  let isWhole = false;
  while (length <= maxBytes) {
    const next = await reading.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length);
  return { bytes, isWhole, answer: { ...answer, body: again(bytes, isWhole ? undefined : reading) } };
};

async function* again(bytes: Buffer, rest: AsyncIterator<Buffer> | undefined): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
  if (rest === undefined) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const typeOf = ({ headers }: Answer): string => headers['content-type']?.toLowerCase() ?? '';
const isPlain = ({ headers }: Answer): boolean => (headers['content-encoding'] ?? 'identity') === 'identity';

/** Whether an answer is a stream of events that can be read. */
export const isEvents = (answer: Answer): boolean => typeOf(answer).startsWith('text/event-stream') && isPlain(answer);

/** Whether an answer is a JSON text that can be read. */
export const isJson = (answer: Answer): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/.test(typeOf(answer)) && isPlain(answer);
