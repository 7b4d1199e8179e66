import { context, metrics, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';

/** An SDK with in-memory exporters, registered like in a program. */
export const registerSdk = (more: readonly SpanProcessor[] = []) => {
  const spans = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans), ...more] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(provider);
  metrics.setGlobalMeterProvider(meters);
  onTestFinished(async () => {
    trace.disable();
    metrics.disable();
    propagation.disable();
    context.disable();
    delete (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
    await Promise.all([provider.shutdown(), meters.shutdown()]);
  });
  return {
    spans: (): readonly ReadableSpan[] => spans.getFinishedSpans(),
    /** The data points of a metric: attributes and counts. */
    points: async (name: string) => {
      await meters.forceFlush();
      const all =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      const metric = all.find(({ descriptor }) => descriptor.name === name);
      return {
        unit: metric?.descriptor.unit,
        points: (metric?.dataPoints ?? []).map(({ attributes, value }) => ({
          attributes,
          value:
            typeof value === 'object' && value !== null && 'count' in value
              ? { count: value.count, sum: value.sum }
              : value,
        })),
      };
    },
  };
};

/** The spans as a tree of names, each with its attributes. */
export const treeOf = (spans: readonly ReadableSpan[], parent?: string): object[] =>
  spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .map((span) => ({ name: span.name, parts: treeOf(spans, span.spanContext().spanId) }));

export const isError = ({ status }: ReadableSpan): boolean => status.code === SpanStatusCode.ERROR;

export const spanNamed = (spans: readonly ReadableSpan[], name: string): ReadableSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};
