import { memberAt, parseSpan, skipWhitespace, splice } from '../jsonrpc/raw-json.ts';
import type { PathMap } from './path-map.ts';
import type { UpstreamResponse } from './response.ts';

/**
 * A response's headers as they have to be for a client that knows the server by the proxy's address.
 *
 * A redirect within the server's host, and the place of the metadata for OAuth in `WWW-Authenticate` (RFC 9728, section
 * 5.1), name the proxy in its stead: a client that went past the proxy would not be healed, and one that compares the
 * addresses would refuse to log in. All else stays.
 *
 * @param host The proxy's host, as the client wrote it.
 */
export const rewriteHeaders = (response: UpstreamResponse, pathMap: PathMap, host: string): UpstreamResponse => {
  const { location } = response.headers;
  const challenge = response.headers['www-authenticate'];
  if (location === undefined && challenge === undefined) return response;
  const rawHeaders = response.rawHeaders.map((text, index) => {
    const name = index % 2 === 0 ? '' : response.rawHeaders[index - 1]?.toLowerCase();
    if (name === 'location') return pathMap.toProxyUrl(host, text) ?? text;
    if (name !== 'www-authenticate') return text;
    return text.replace(
      /(\bresource_metadata\s*=\s*")([^"]*)(")/gi,
      (whole, before: string, address: string, after: string) => {
        const seen = pathMap.toProxyUrl(host, address);
        return seen === undefined ? whole : `${before}${seen}${after}`;
      },
    );
  });
  return { ...response, rawHeaders };
};

/**
 * The metadata of the server as a protected resource, with the proxy's address in the place of the server's own: a
 * client refuses metadata of another address than the one that it uses (RFC 9728, section 3.3).
 */
export const rewriteMetadata = (bytes: Buffer, pathMap: PathMap, host: string): Buffer => {
  const resource = memberAt(bytes, skipWhitespace(bytes, 0), 'resource');
  const address = parseSpan(bytes, resource);
  const seen = typeof address === 'string' ? pathMap.toProxyUrl(host, address) : undefined;
  return resource === undefined || seen === undefined
    ? bytes
    : splice(bytes, [{ ...resource, bytes: JSON.stringify(seen) }]);
};
