import type { EndpointAnswer } from '../../http/client.ts';

/** A header's name and its value, as they stand in a message. */
export type Pair = readonly [name: string, value: string];

/** These concern one connection, and not what is said over it (RFC 9110, section 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** These are answered, or made anew, by the one who sends the request on. */
const ownOfRequests: ReadonlySet<string> = new Set(['host', 'content-length', 'expect']);

const pairsOf = (raw: readonly string[]): Pair[] =>
  Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? ''] as const);

/** All that goes on from one connection to the next: `Connection` may name further headers that do not. */
const endToEnd = (raw: readonly string[]): Pair[] => {
  const pairs = pairsOf(raw);
  const named = new Set(
    pairs
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((item) => item.trim().toLowerCase())),
  );
  return pairs.filter(([name]) => !hopByHop.has(name.toLowerCase()) && !named.has(name.toLowerCase()));
};

/** The headers of a client's request that go on to the server, as the client wrote them. */
export const requestHeaders = (raw: readonly string[]): Pair[] =>
  endToEnd(raw).filter(([name]) => !ownOfRequests.has(name.toLowerCase()));

/** The headers of a server's answer that go on to the client, as the server wrote them. */
export const answerHeaders = ({ rawHeaders }: Pick<EndpointAnswer, 'rawHeaders'>): Pair[] => endToEnd(rawHeaders);

/** The value of a header; of the first one, where there are several. */
export const headerIn = (headers: readonly Pair[], name: string): string | undefined =>
  headers.find(([present]) => present.toLowerCase() === name)?.[1];

/** The headers without those named. @param names In small letters. */
export const without = (headers: readonly Pair[], ...names: readonly string[]): Pair[] =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()));

/** The headers with one of them replaced where it stands. Where there is none, none is added. @param name In small letters. */
export const replaced = (headers: readonly Pair[], name: string, value: string): Pair[] =>
  headers.map((pair) => (pair[0].toLowerCase() === name ? [pair[0], value] : pair));

/** The headers with one of them set, where it stands or else at the end. */
export const withHeader = (headers: readonly Pair[], name: string, value: string): Pair[] =>
  headerIn(headers, name.toLowerCase()) === undefined
    ? [...headers, [name, value]]
    : replaced(headers, name.toLowerCase(), value);
