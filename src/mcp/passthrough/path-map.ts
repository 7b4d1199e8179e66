/** The path under which a proxy offers its server, whatever the server's own is. */
export const proxyPath = '/mcp';

const metadataPath = '/.well-known/oauth-protected-resource';

/** Where a client's request goes. */
export interface Target {
  /** Whether it is for the MCP server, not for another path of the same host. */
  readonly isMcp: boolean;
  readonly pathAndQuery: string;
}

/**
 * Maps the addresses of a proxy to those of the server behind it, and back.
 *
 * The MCP server is found under `/mcp` and under its own path. Every other path leads to the same path on the server's
 * host, as the metadata do that a client needs for OAuth.
 */
export class PathMap {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  /** @param target The target of the client's request: a path, perhaps with a query. */
  of(target: string): Target {
    const { pathname, search } = this.#url;
    const at = target.indexOf('?');
    const path = at === -1 ? target : target.slice(0, at);
    const query = at === -1 ? '' : target.slice(at);
    const joined = search === '' ? query : query === '' ? search : `${search}&${query.slice(1)}`;
    const own = withoutSlash(pathname);
    if (path === proxyPath) return { isMcp: true, pathAndQuery: `${pathname}${joined}` };
    if (path.startsWith(`${proxyPath}/`) && own !== proxyPath) {
      return { isMcp: true, pathAndQuery: `${own}${path.slice(proxyPath.length)}${joined}` };
    }
    if (withoutSlash(path) === own) return { isMcp: true, pathAndQuery: `${path}${joined}` };
    if (path === `${metadataPath}${proxyPath}` && withoutSlash(pathname) !== proxyPath) {
      return { isMcp: false, pathAndQuery: `${metadataPath}${withoutSlash(pathname)}${query}` };
    }
    return { isMcp: false, pathAndQuery: path.startsWith('/') ? target : '/' };
  }

  /** Whether a path is that of the OAuth metadata of the server (RFC 9728). */
  isMetadata(pathAndQuery: string): boolean {
    return pathAndQuery === metadataPath || /^\/\.well-known\/oauth-protected-resource[/?]/.test(pathAndQuery);
  }

  /**
   * The URL that clients of the proxy use for a URL of the server; undefined if the URL belongs to another server.
   *
   * @param host The proxy's host, as the client wrote it.
   */
  toProxyUrl(host: string, address: string): string | undefined {
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      return undefined;
    }
    if (url.origin !== this.#url.origin) return undefined;
    const own = withoutSlash(this.#url.pathname);
    const path = url.pathname;
    let mapped = path;
    if (path === this.#url.pathname) mapped = proxyPath;
    else if (path === `${own}/`) mapped = `${proxyPath}/`;
    else if (own !== '' && path === `${metadataPath}${own}`) mapped = `${metadataPath}${proxyPath}`;
    // The query of the server's own address is added to every request.
    const query = mapped.startsWith(proxyPath) && url.search === this.#url.search ? '' : url.search;
    return `http://${host}${mapped}${query}`;
  }
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');
