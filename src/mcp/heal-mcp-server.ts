import type { Healer, InternalHealer } from '../healer/healer.ts';
import type { Approve } from '../model/fix.ts';
import type { RunOptions, ToolAnnotations } from '../model/run.ts';
import type { ReceivedCall } from '../telemetry/port.ts';
import { isRecord } from '../text/is-record.ts';
import { askedByResponse, interceptOwnStates } from './healing/asked-by-response.ts';
import { outcomeValue } from './healing/outcome-value.ts';
import { watchContext } from './healing/watch-context.ts';
import { elicitationParams, isAccepted, supportsFormElicitation } from './protocol/elicitation.ts';
import { readAllPages } from './protocol/pages.ts';

// biome-ignore lint/suspicious/noExplicitAny: the callbacks of two SDK generations have no common type
type Callback = (...args: any[]) => unknown;

interface RegisteredTool {
  update?: (updates: Record<string, unknown>) => unknown;
}

/** A server that {@link healMcpServer} accepts: the high-level `McpServer` or the low-level `Server`, of SDK v1 or v2. */
export interface HealableServer {
  /** Registers a tool; `McpServer` has it. */
  registerTool?: unknown;
  /** Registers a handler of requests; `Server` has it. */
  setRequestHandler?: unknown;
}

interface CallToolParams {
  readonly name: string;
  readonly arguments?: Record<string, unknown>;
}

/** The caller's signal: `extra.signal` in SDK v1, `ctx.mcpReq.signal` in v2. */
const signalOf = (context: unknown): AbortSignal | undefined => {
  const { signal, mcpReq } = (context ?? {}) as { signal?: unknown; mcpReq?: { signal?: unknown } };
  if (signal instanceof AbortSignal) return signal;
  return mcpReq?.signal instanceof AbortSignal ? mcpReq.signal : undefined;
};

type ElicitInput = (params: ReturnType<typeof elicitationParams>, options: object) => Promise<unknown>;

/** The parts of the `Server` of both SDK generations that ask the user. */
interface ElicitingServer {
  getClientCapabilities?(): unknown;
  elicitInput?: ElicitInput;
}

/** The context of a request handler: it has `requestId` in SDK v1, `mcpReq` in v2. */
interface RequestContext {
  readonly requestId?: unknown;
  readonly mcpReq?: { readonly elicitInput?: ElicitInput };
}

/**
 * Makes the function that asks the user behind a request; undefined if the client cannot. The question is sent with the
 * request that it is about, since several may share a connection.
 */
const createApprover = (server: ElicitingServer | undefined, context: unknown): Approve | undefined => {
  if (!supportsFormElicitation(server?.getClientCapabilities?.())) return undefined;
  const { requestId, mcpReq } = (context ?? {}) as RequestContext;
  const ask: ElicitInput | undefined =
    mcpReq?.elicitInput?.bind(mcpReq) ??
    (server?.elicitInput &&
      ((form, options) =>
        server.elicitInput?.(form, { ...options, relatedRequestId: requestId }) ?? Promise.resolve()));
  return ask && (async (question) => isAccepted(await ask(elicitationParams(question), { signal: question.signal })));
};

/** What traces are told of a request: `extra` holds it in SDK v1, `ctx.mcpReq` in v2. */
const receivedCall = (tool: string, context: unknown): ReceivedCall => {
  const { mcpReq, ...extra } = (context ?? {}) as Record<string, unknown>;
  const request = isRecord(mcpReq) ? mcpReq : extra;
  const id = request.id ?? request.requestId;
  const { sessionId } = extra;
  const meta = {
    ...(isRecord(request._meta) ? request._meta : {}),
    ...(isRecord(request.envelope) ? request.envelope : {}),
  };
  return {
    tool,
    meta,
    requestId: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined,
    sessionId: typeof sessionId === 'string' ? sessionId : undefined,
  };
};

const callHealed = async (
  healer: Healer,
  tool: string,
  handler: () => unknown,
  context: unknown,
  options: RunOptions,
  isErrorResult: boolean,
): Promise<unknown> => {
  const internal = healer as Partial<InternalHealer>;
  const trace = internal.telemetry?.beginCall(receivedCall(tool, context));
  const request = askedByResponse(context, internal);
  const call = watchContext(context, handler);
  if (request !== undefined) {
    const { callAsking } = await import('./healing/ask-by-response.ts');
    return callAsking(healer as InternalHealer, { tool, call, options, request, trace, isErrorResult });
  }
  const run = () => healer.runOutcome(tool, call, options);
  const outcome = await (trace === undefined ? run() : trace.within(run));
  trace?.end({ outcome });
  return outcomeValue(outcome);
};

/** What a tool is registered as now: the SDK lets it be renamed and its hints be changed. */
interface KnownTool {
  name: string;
  annotations: ToolAnnotations | undefined;
}

/** Wraps a tool's callback: `(args, context)` where it has an input schema, `(context)` where it has none. */
const healCallback =
  (healer: Healer, asking: ElicitingServer | undefined, tool: KnownTool, callback: Callback): Callback =>
  (...args) => {
    const context = args.at(-1);
    const toolArgs = args.length > 1 && isRecord(args[0]) ? args[0] : undefined;
    const options = {
      // They may be updated between two attempts.
      annotations: () => tool.annotations,
      args: toolArgs,
      signal: signalOf(context),
      approve: createApprover(asking, context),
    };
    return callHealed(healer, tool.name, () => callback(...args), context, options, true);
  };

const healRegistered = (registered: unknown, known: KnownTool, heal: (callback: Callback) => Callback): unknown => {
  const tool = registered as RegisteredTool | undefined;
  const update = tool?.update?.bind(tool);
  if (tool !== undefined && update !== undefined) {
    tool.update = (updates) => {
      if (typeof updates.name === 'string') known.name = updates.name;
      if (isRecord(updates.annotations)) known.annotations = updates.annotations;
      return update(
        typeof updates.callback === 'function' ? { ...updates, callback: heal(updates.callback as Callback) } : updates,
      );
    };
  }
  return registered;
};

interface McpServerLike {
  registerTool: Callback;
  /** SDK v1 keeps an older way. */
  tool?: Callback;
  /** The `Server` beneath. */
  readonly server?: ElicitingServer;
}

const healMcpServerTools = (server: McpServerLike, healer: Healer): void => {
  const registerTool = server.registerTool.bind(server);
  server.registerTool = (name: string, config: { annotations?: ToolAnnotations }, callback: Callback) => {
    const known: KnownTool = { name, annotations: config.annotations };
    const heal = (next: Callback) => healCallback(healer, server.server, known, next);
    return healRegistered(registerTool(name, config, heal(callback)), known, heal);
  };
  // SDK v1 keeps an older way: tool(name, [description], [schema], [annotations], callback).
  const tool = server.tool?.bind(server);
  if (tool === undefined) return;
  server.tool = (name: string, ...rest: unknown[]) => {
    const callback = rest.at(-1);
    const hints = rest.slice(0, -1).filter(isRecord).find(looksLikeAnnotations);
    const known: KnownTool = { name, annotations: hints };
    const heal = (next: Callback) => healCallback(healer, server.server, known, next);
    return healRegistered(tool(name, ...rest.slice(0, -1), heal(callback as Callback)), known, heal);
  };
};

const looksLikeAnnotations = (value: Record<string, unknown>): boolean =>
  ['readOnlyHint', 'destructiveHint', 'idempotentHint'].some((hint) => typeof value[hint] === 'boolean');

/** SDK v1 names a request handler by its schema, v2 by its method. */
const methodOf = (named: unknown): unknown => {
  if (typeof named === 'string') return named;
  const shape = (named as { shape?: { method?: { value?: unknown; _def?: { value?: unknown } } } } | null)?.shape;
  return shape?.method?.value ?? shape?.method?._def?.value;
};

/**
 * The annotations of a tool, from the server's own list of tools. The handler is asked at each failure instead of only when
 * a client asks: a server over HTTP without sessions is a new instance for each request, and its list may change.
 */
const listedAnnotations = async (
  list: Callback,
  tool: string,
  context: unknown,
): Promise<ToolAnnotations | undefined> => {
  let found: ToolAnnotations | undefined;
  const fetchPage = async (method: string, cursor: string | undefined): Promise<unknown> =>
    list({ method, params: cursor === undefined ? {} : { cursor } }, context);
  await readAllPages('tools/list', fetchPage, (result) => {
    const tools = isRecord(result) && Array.isArray(result.tools) ? (result.tools as unknown[]) : [];
    const listed = tools.filter(isRecord).find(({ name }) => name === tool);
    if (isRecord(listed?.annotations)) found = listed.annotations;
  });
  return found;
};

const healRequestHandlers = (server: Record<'setRequestHandler', Callback>, healer: Healer): void => {
  let list: Callback | undefined;
  const setRequestHandler = server.setRequestHandler.bind(server);
  server.setRequestHandler = (named: unknown, handler: Callback, ...rest: unknown[]) => {
    switch (methodOf(named)) {
      case 'tools/list':
        list = handler;
        return setRequestHandler(named, handler, ...rest);
      case 'tools/call':
        return setRequestHandler(
          named,
          (request: { params: CallToolParams }, context: unknown) => {
            const { name, arguments: args } = request.params;
            const options = {
              annotations: () => list && listedAnnotations(list, name, context),
              args,
              signal: signalOf(context),
              approve: createApprover(server as ElicitingServer, context),
            };
            return callHealed(healer, name, () => handler(request, context), context, options, false);
          },
          ...rest,
        );
      default:
        return setRequestHandler(named, handler, ...rest);
    }
  };
};

/**
 * Heals the tools of an MCP server in this process: thrown errors and results with `isError`. Call it before the tools are
 * registered. The facts of a run are in the `_meta` of the result, under {@link healingMetaKey}.
 *
 * @param server - The `McpServer` or the `Server` of `@modelcontextprotocol/server` (v2) or `@modelcontextprotocol/sdk` (v1).
 * @param healer - The healer that runs the tools. The caller closes it.
 * @returns The same server.
 * @throws TypeError if the server is none of these.
 */
export const healMcpServer = <S extends HealableServer>(server: S, healer: Healer): S => {
  if (typeof server.registerTool === 'function') {
    const { server: beneath } = server as unknown as McpServerLike;
    if (beneath !== undefined) interceptOwnStates(beneath, healer as Partial<InternalHealer>);
    healMcpServerTools(server as unknown as McpServerLike, healer);
  } else if (typeof server.setRequestHandler === 'function') {
    interceptOwnStates(server, healer as Partial<InternalHealer>);
    healRequestHandlers(server as unknown as { setRequestHandler: Callback }, healer);
  } else {
    throw new TypeError('healMcpServer: expected an McpServer or a Server of the MCP SDK');
  }
  return server;
};
