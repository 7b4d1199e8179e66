import type { ClientRequest } from './forward.ts';
import type { PathMap } from './path-map.ts';
import { type Answer, headOf, isJson, passAnswer, readUpTo } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { refuse, unreachable } from './response-writer.ts';
import { rewriteHeaders, rewriteMetadata } from './rewrite-headers.ts';
import type { Send } from './upstream-client.ts';

const longestMetadata = 65_536;

/** Passes on what is not for the MCP server itself but for what stands beside it on its host, such as OAuth's metadata. */
export class NonMcpRequests {
  readonly #send: Send;
  readonly #places: PathMap;

  /** @param send Sends a request with the client's own headers alone. */
  constructor(send: Send, places: PathMap) {
    this.#send = send;
    this.#places = places;
  }

  async pass(asked: ClientRequest, reply: ResponseWriter): Promise<void> {
    const { host, pathAndQuery } = asked;
    let answer: Answer;
    try {
      const isMetadata = this.#places.isMetadata(pathAndQuery);
      const headers = isMetadata
        ? asked.headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding')
        : asked.headers;
      answer = rewriteHeaders(await this.#send({ ...asked, headers }, reply.closed), this.#places, host);
      if (isMetadata && answer.status === 200 && isJson(answer)) {
        const { bytes, isWhole, answer: same } = await readUpTo(answer, longestMetadata);
        if (isWhole) {
          reply.send(headOf(same), rewriteMetadata(bytes, this.#places, host));
          return;
        }
        answer = same;
      }
    } catch (error) {
      refuse(reply, 502, unreachable(error));
      return;
    }
    await passAnswer(answer, reply);
  }
}
