import type { IncomingHttpHeaders } from 'node:http';
import type { EndpointAnswer } from './client.ts';

/** A header's name and its value, as they are written in a message. */
export type Pair = readonly [name: string, value: string];

/** These concern one connection, not the message (RFC 9110, section 7.6.1). */
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

/** These are set again by the proxy that forwards the request. */
const setByProxy: ReadonlySet<string> = new Set(['host', 'content-length', 'expect']);

const pairsOf = (raw: readonly string[]): Pair[] =>
  Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? ''] as const);

/** The headers that are forwarded. `Connection` may name further headers that are not. */
const endToEnd = (raw: readonly string[]): Pair[] => {
  const pairs = pairsOf(raw);
  const named = new Set(
    pairs
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((item) => item.trim().toLowerCase())),
  );
  return pairs.filter(([name]) => !hopByHop.has(name.toLowerCase()) && !named.has(name.toLowerCase()));
};

/** The headers of a client's request that are forwarded to the server, as the client wrote them. */
export const requestHeaders = (raw: readonly string[]): Pair[] =>
  endToEnd(raw).filter(([name]) => !setByProxy.has(name.toLowerCase()));

/** The headers of a server's response that are forwarded to the client, as the server wrote them. */
export const responseHeaders = ({ rawHeaders }: Pick<EndpointAnswer, 'rawHeaders'>): Pair[] => endToEnd(rawHeaders);

/** The value of a header; of the first one if there are several. @param name In lowercase. */
export const headerIn = (headers: readonly Pair[], name: string): string | undefined =>
  headers.find(([present]) => present.toLowerCase() === name)?.[1];

/** The headers without the named ones. @param names In lowercase. */
export const without = (headers: readonly Pair[], ...names: readonly string[]): Pair[] =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()));

/** The headers with one of them replaced in its place. If there is none, none is added. @param name In lowercase. */
export const replaced = (headers: readonly Pair[], name: string, value: string): Pair[] =>
  headers.map((pair) => (pair[0].toLowerCase() === name ? [pair[0], value] : pair));

/** The headers with one of them set: in its place, or else at the end. */
export const withHeader = (headers: readonly Pair[], name: string, value: string): Pair[] =>
  headerIn(headers, name.toLowerCase()) === undefined
    ? [...headers, [name, value]]
    : replaced(headers, name.toLowerCase(), value);

/** The trimmed value of a parsed header; undefined if it is missing. @param name In lowercase. */
export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value?.trim();
};
