import { Endpoint } from '../../http/client.ts';
import { onExit } from '../../platform/exit-hook.ts';
import { aborted, within } from '../../platform/wait.ts';
import { isRecord } from '../../text/is-record.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { parseSpan } from '../jsonrpc/raw-json.ts';
import { readAllPages } from '../protocol/pages.ts';
import { firstStatelessVersion, metaKeys, sessionVersions } from '../protocol/versions.ts';
import { describeExit } from '../relay/exit-status.ts';
import type { ProxyOptions } from '../relay/options.ts';
import { RelaySession } from '../relay/relay-session.ts';
import type { CreateUpstream } from '../relay/upstream-port.ts';
import { HttpUpstream } from '../upstream/http/upstream.ts';
import { StdioUpstream } from '../upstream/stdio/upstream.ts';
import type { CommandOptions, UrlOptions } from './options.ts';

export type ListToolsOptions = ProxyOptions & (CommandOptions | UrlOptions);

/** The tools of a server as it lists them, or why there is no list. */
export type ListedTools =
  | { readonly tools: readonly Readonly<Record<string, unknown>>[] }
  | { readonly problem: string };

type Params = Readonly<Record<string, unknown>>;
type Response = { readonly result: unknown } | { readonly error: string };

const client = { name: 'healflow', version: '1' };
const statelessMeta = {
  [metaKeys.protocolVersion]: firstStatelessVersion,
  'io.modelcontextprotocol/clientInfo': client,
  [metaKeys.clientCapabilities]: {},
};

const maxShown = 120;

class Problem extends Error {}

/** A client that only asks for the list of tools. */
class ListingClient {
  readonly session: RelaySession;
  readonly #options: ListToolsOptions;
  readonly #open = new Map<number, (response: Response) => void>();
  #nextId = 0;
  /** The first line of the server that is no message. */
  #noise: string | undefined;

  constructor(options: ListToolsOptions, createUpstream: CreateUpstream) {
    this.#options = options;
    this.session = new RelaySession(options, createUpstream, {
      toClient: (bytes) => this.#receive(bytes),
      onDrain: () => {},
    });
  }

  /** @throws Problem */
  async readTools(): Promise<Readonly<Record<string, unknown>>[]> {
    const meta = await this.#shakeHands();
    const tools: Readonly<Record<string, unknown>>[] = [];
    let refusal: string | undefined;
    const fetchPage = async (method: string, cursor: string | undefined): Promise<unknown> => {
      const response = await this.#request(method, { ...(cursor !== undefined && { cursor }), ...meta });
      if ('error' in response) refusal = response.error;
      return 'result' in response ? response.result : undefined;
    };
    const isComplete = await readAllPages('tools/list', fetchPage, (page) => {
      const { tools: listed } = page as { tools?: unknown };
      if (Array.isArray(listed)) tools.push(...listed.filter(isRecord));
    });
    if (!isComplete && tools.length === 0) {
      throw new Problem(`the MCP server lists no tools: ${refusal ?? 'its response to tools/list is not valid'}`);
    }
    if (tools.length === 0) throw new Problem('the MCP server has no tools');
    return tools;
  }

  /** Introduces itself in the generation of the protocol that the server understands. Resolves with the params of later requests. */
  async #shakeHands(): Promise<Params> {
    const [protocolVersion] = sessionVersions;
    const response = await this.#request('initialize', { protocolVersion, capabilities: {}, clientInfo: client });
    if ('result' in response) {
      this.#send({ method: 'notifications/initialized' });
      return {};
    }
    const discovered = await this.#request('server/discover', { _meta: statelessMeta });
    if ('result' in discovered) return { _meta: statelessMeta };
    throw new Problem(`no handshake with the MCP server: ${response.error}`);
  }

  async #request(method: string, params: Params): Promise<Response> {
    this.#nextId += 1;
    const id = this.#nextId;
    const { clock, limits, stop, kill } = this.#options;
    let response: Response | undefined;
    const received = new Promise<void>((resolve) => {
      this.#open.set(id, (found) => {
        response = found;
        resolve();
      });
    });
    this.#send({ id, method, params });
    const { closed } = this.session.upstream;
    const ended = closed.then((status) => {
      throw new Problem(this.#withNoise(`the MCP server ${describeExit(status)} before it responded to ${method}`));
    });
    // Of a server that ends later, nothing is expected any more.
    ended.catch(() => {});
    await within(clock, limits.startTimeoutMs, [Promise.race([received, ended]), aborted(stop), aborted(kill)]);
    if (stop.aborted || kill.aborted) throw new Problem('cancelled');
    if (response === undefined) {
      const seconds = limits.startTimeoutMs / 1_000;
      throw new Problem(this.#withNoise(`the MCP server did not respond to ${method} for ${seconds} s`));
    }
    return response;
  }

  #send(message: Params): void {
    this.session.relay.fromClient(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`));
  }

  #receive(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (message.kind === 'response') {
      const respond = this.#open.get(Number(message.key));
      this.#open.delete(Number(message.key));
      const error = parseSpan(bytes, message.error);
      if (message.error === undefined) respond?.({ result: parseSpan(bytes, message.result) });
      else respond?.({ error: isRecord(error) ? `${error.message} (${error.code})` : 'an invalid error' });
    } else if (message.kind === 'request' && message.id !== undefined) {
      const id = parseSpan(bytes, message.id);
      const error = { code: -32601, message: 'this client only lists tools' };
      this.#send({ id, ...(message.method === 'ping' ? { result: {} } : { error }) });
    } else if (message.kind !== 'notification' && message.kind !== 'batch') {
      this.#noise ??= bytes.toString('utf8').trim().slice(0, maxShown);
    }
  }

  #withNoise(problem: string): string {
    if (this.#noise === undefined || this.#noise === '') return problem;
    return `${problem}; its output is not MCP: ${JSON.stringify(this.#noise)}`;
  }
}

/**
 * Starts a server, or connects to it, as the proxy does, and reads its whole list of tools, in either generation of the
 * protocol.
 *
 * @throws HealError COMMAND_NOT_FOUND if the server cannot be started, and all errors of `createHealer`.
 */
export const listTools = async (options: ListToolsOptions): Promise<ListedTools> => {
  const create: CreateUpstream = (host) =>
    'command' in options
      ? new StdioUpstream(options, host)
      : new HttpUpstream({ ...options, endpoint: new Endpoint(options.upstreamUrl, options) }, host);
  const listing = new ListingClient(options, create);
  const { control, upstream } = listing.session;
  const healer = await options.createHealer(control);
  const kill = (): void => upstream.kill();
  options.kill.addEventListener('abort', kill);
  const cancelExitHook = onExit(kill);
  let hasStarted = false;
  try {
    await listing.session.start(healer);
    hasStarted = true;
    return { tools: await listing.readTools() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  } finally {
    if (hasStarted) await upstream.close();
    cancelExitHook();
    options.kill.removeEventListener('abort', kill);
    await healer[Symbol.asyncDispose]();
  }
};
