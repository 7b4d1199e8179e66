import type { Meter, Tracer } from '@opentelemetry/api';
import { TracedCall } from './call.ts';
import { harmless } from './harmless.ts';
import { Instruments } from './instruments.ts';
import { parentOf } from './parent.ts';
import type { CallTrace, ReceivedCall, RunTrace, Telemetry, TraceCarrier } from './port.ts';
import { TracedRun } from './run.ts';
import type { OpenTelemetryOptions, Tools } from './tools.ts';

/** Healflow's spans and metrics through OpenTelemetry's API. */
export class OpenTelemetry implements Telemetry {
  readonly #tools: Tools;

  constructor(api: typeof import('@opentelemetry/api'), options: OpenTelemetryOptions) {
    const tracer: Tracer = api.trace.getTracer('healflow', options.version);
    const meter: Meter = api.metrics.getMeter('healflow', options.version);
    this.#tools = {
      api,
      options,
      instruments: new Instruments(meter),
      safely: harmless(options.warn),
      begin: (name, spanOptions, parent) => tracer.startSpan(name, spanOptions, parent),
    };
  }

  beginRun(tool: string, startedAt: number): RunTrace {
    const { api } = this.#tools;
    return new TracedRun(this.#tools, tool, startedAt, api.context.active());
  }

  beginCall(call: ReceivedCall): CallTrace {
    return new TracedCall(this.#tools, call, parentOf(this.#tools, call.meta));
  }

  carrier(): TraceCarrier {
    const { api, safely } = this.#tools;
    const carrier: Record<string, string> = {};
    safely(() => api.propagation.inject(api.context.active(), carrier));
    return carrier;
  }
}
