import type { ClientRequest } from './forward.ts';
import type { PathMap } from './path-map.ts';
import { headOf, isJson, passResponse, readUpTo, type UpstreamResponse } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { unreachable } from './response-writer.ts';
import { rewriteHeaders, rewriteMetadata } from './rewrite-headers.ts';
import type { Send } from './upstream-client.ts';

const maxMetadataBytes = 65_536;

/** Passes on requests to other paths of the server's host, such as OAuth's metadata. */
export class NonMcpRequests {
  readonly #send: Send;
  readonly #pathMap: PathMap;

  /** @param send Sends a request with the client's own headers alone. */
  constructor(send: Send, pathMap: PathMap) {
    this.#send = send;
    this.#pathMap = pathMap;
  }

  async pass(request: ClientRequest, writer: ResponseWriter): Promise<void> {
    const { host, pathAndQuery } = request;
    let response: UpstreamResponse;
    try {
      const isMetadata = this.#pathMap.isMetadata(pathAndQuery);
      const headers = isMetadata
        ? request.headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding')
        : request.headers;
      response = rewriteHeaders(await this.#send({ ...request, headers }, writer.closed), this.#pathMap, host);
      if (isMetadata && response.status === 200 && isJson(response)) {
        const { bytes, isWhole, response: same } = await readUpTo(response, maxMetadataBytes);
        if (isWhole) {
          writer.send(headOf(same), rewriteMetadata(bytes, this.#pathMap, host));
          return;
        }
        response = same;
      }
    } catch (error) {
      writer.reject(unreachable(error));
      return;
    }
    await passResponse(response, writer);
  }
}
