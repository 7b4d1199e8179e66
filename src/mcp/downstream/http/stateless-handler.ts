import type { IncomingMessage, ServerResponse } from 'node:http';
import { readAccept } from '../../../http/accept.ts';
import { principalOf } from '../../../http/principal.ts';
import { messageOf } from '../../../text/error-text.ts';
import { isRecord } from '../../../text/is-record.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import { refuse, sendRejection } from '../../protocol/http-errors.ts';
import type { PostBody } from './post-body.ts';
import { LazyServer } from './server-pool.ts';
import type { StatelessServer } from './stateless-server.ts';

/** Serves the protocol without sessions, from 2026-07-28. */
export class StatelessHandler {
  readonly #server: LazyServer<StatelessServer>;
  readonly #log: (text: string) => void;

  constructor(start: () => Promise<StatelessServer>, log: (text: string) => void) {
    this.#server = new LazyServer(start);
    this.#log = log;
  }

  /** Resolves when the server accepts more data. */
  async whenWritable(): Promise<void> {
    await this.#server.running?.whenWritable();
  }

  async post(request: IncomingMessage, response: ServerResponse, { messages, value }: PostBody): Promise<void> {
    const [message] = messages;
    if (message === undefined || !isRecord(value) || message.kind === 'other') {
      sendRejection(
        response,
        refuse(400, errorCodes.invalidRequest, 'Invalid Request: the body is not a JSON-RPC message'),
      );
      return;
    }
    let server: StatelessServer;
    try {
      server = await this.#server.get();
    } catch (error) {
      this.#log(`the MCP server could not be started: ${messageOf(error)}`);
      sendRejection(
        response,
        refuse(500, errorCodes.internalError, 'Internal error: the MCP server cannot be started'),
        message.key || 'null',
      );
      return;
    }
    if (message.kind !== 'request') {
      server.notify(message);
      response.writeHead(202, { 'content-length': 0 }).end();
      return;
    }
    const { headers } = request;
    const accept = readAccept(headers.accept);
    const refused = await server.serve(
      {
        message,
        body: value,
        headers,
        principal: principalOf(request.headers.authorization, { isVerified: false }),
        takesStream: accept.stream,
        takesJson: accept.json || !accept.stream,
      },
      response,
    );
    if (refused !== undefined) sendRejection(response, refused, message.key);
  }
}
