import { createHash } from 'node:crypto';
import type { Context, Span } from '@opentelemetry/api';
import { descriptionOf, failureOf, healingFacts, known, rpcCodeOf } from './facts.ts';
import type { Parent } from './parent.ts';
import type { CallEnd, CallTrace, ReceivedCall } from './port.ts';
import { Timeline } from './timeline.ts';
import type { TracingContext } from './tracing-context.ts';
import { withContext } from './within.ts';

/** Returns the attributes of a tool call, named by the semantic conventions for MCP. */
export const mcpFacts = (tool: string, transport: string | undefined) => ({
  'mcp.method.name': 'tools/call',
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': tool,
  'network.transport': transport,
});

/** A session id grants access, so only a digest of it is recorded. */
const digest = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 16);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 100) : undefined);

/** The span of a received tool call. */
export class TracedCall implements CallTrace {
  readonly #tools: TracingContext;
  readonly #tool: string;
  readonly #timeline: Timeline;
  readonly #startedAt: number;
  readonly #span: Span | undefined;
  readonly #context: Context;
  #ended = false;

  constructor(tools: TracingContext, call: ReceivedCall, parent: Parent) {
    const { api, options, safely } = tools;
    this.#tools = tools;
    this.#tool = options.redact(call.tool);
    this.#timeline = new Timeline(options.clock);
    this.#startedAt = call.startedAt ?? options.clock.monotonic();
    this.#span = safely(() =>
      tools.begin(
        `tools/call ${this.#tool}`,
        {
          kind: api.SpanKind.SERVER,
          startTime: this.#timeline.at(this.#startedAt),
          links: parent.links,
          attributes: known({
            ...mcpFacts(this.#tool, options.proxy?.client),
            'jsonrpc.request.id': textOf(call.requestId),
            'mcp.protocol.version': textOf(call.meta?.['io.modelcontextprotocol/protocolVersion']),
            'mcp.session.id': call.sessionId === undefined ? undefined : digest(call.sessionId),
          }),
        },
        parent.context,
      ),
    );
    this.#context = this.#span === undefined ? parent.context : api.trace.setSpan(parent.context, this.#span);
  }

  within<T>(work: () => T): T {
    return withContext(this.#tools, this.#context, work);
  }

  end({ outcome, cancelled }: CallEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { api, safely, instruments, options } = this.#tools;
    const failure = cancelled === true ? 'cancelled' : outcome && failureOf(outcome);
    safely(() => {
      const span = this.#span;
      if (failure !== undefined) {
        const message = outcome === undefined ? '' : options.redact(descriptionOf(outcome));
        span?.setStatus({ code: api.SpanStatusCode.ERROR, message });
      }
      span?.setAttributes(
        known({
          'error.type': failure,
          'rpc.response.status_code': outcome && !outcome.ok && outcome.thrown ? rpcCodeOf(outcome.error) : undefined,
          ...(outcome === undefined ? {} : healingFacts(outcome)),
        }),
      );
      span?.end(this.#timeline.at());
      instruments.serverDuration.record(
        this.#timeline.secondsSince(this.#startedAt),
        known({ ...mcpFacts(this.#tool, options.proxy?.client), 'error.type': failure }),
        this.#context,
      );
    });
  }
}
