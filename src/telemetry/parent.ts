import type { Context, Link } from '@opentelemetry/api';
import type { TracingContext } from './tracing-context.ts';

/** The longest value that is looked at: `baggage` may be 8,192 bytes long, the others less. */
const longest = 8_192;
const names = ['traceparent', 'tracestate', 'baggage'] as const;

/** What a span is a part of, and what else it belongs to. */
export interface Parent {
  readonly context: Context;
  readonly links: Link[];
}

/**
 * The parent of what is done for a request: the trace context in its `_meta`, else what is active. Where both are there and
 * are of one trace, what is active is the nearer one; of another trace, it is linked.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#context-propagation
 */
export const extractContext = (tools: TracingContext, meta: Readonly<Record<string, unknown>> | undefined): Parent => {
  const { api, safely } = tools;
  const active = tools.active();
  const carrier = Object.fromEntries(
    names.flatMap((name) => {
      const value = meta?.[name];
      return typeof value === 'string' && value.length <= longest ? [[name, value]] : [];
    }),
  );
  if (carrier.traceparent === undefined) return { context: active, links: [] };
  const context = safely(() => api.propagation.extract(active, carrier)) ?? active;
  const ambient = api.trace.getSpanContext(active);
  const remote = api.trace.getSpanContext(context);
  if (ambient === undefined || remote === undefined) return { context, links: [] };
  if (ambient.traceId === remote.traceId) return { context: active, links: [] };
  return { context, links: [{ context: ambient }] };
};
