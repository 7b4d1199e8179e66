import type { Context, Link } from '@opentelemetry/api';
import type { TracingContext } from './tracing-context.ts';

/** Maximum length of a header value: `baggage` may have 8,192 bytes, the others fewer. */
const longest = 8_192;
const names = ['traceparent', 'tracestate', 'baggage'] as const;

/** The parent of a span and its link. */
export interface Parent {
  readonly context: Context;
  readonly links: Link[];
}

/**
 * Returns the parent of the spans of a request: the trace context in its `_meta`, or the active one. If both exist and
 * belong to the same trace, the active one is used; if it belongs to another trace, it is linked.
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
