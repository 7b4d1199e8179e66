import type { Meter, Tracer } from '@opentelemetry/api';
import { TracedCall } from './call.ts';
import { harmless } from './harmless.ts';
import { Instruments } from './instruments.ts';
import { extractContext } from './parent.ts';
import type { CallTrace, FleetMeter, ReceivedCall, RunTrace, Telemetry, TraceCarrier } from './port.ts';
import { TracedRun } from './run.ts';
import type { OpenTelemetryOptions, TracingContext } from './tracing-context.ts';

/** Healflow's spans and metrics through OpenTelemetry's API. */
export class OpenTelemetry implements Telemetry {
  readonly #tools: TracingContext;
  readonly #meter: Meter;

  constructor(api: typeof import('@opentelemetry/api'), options: OpenTelemetryOptions) {
    const tracer: Tracer = api.trace.getTracer('healflow', options.version);
    const meter = api.metrics.getMeter('healflow', options.version);
    this.#meter = meter;
    const safely = harmless(options.warn);
    this.#tools = {
      api,
      options,
      instruments: new Instruments(meter),
      safely,
      active: () => safely(() => api.context.active()) ?? api.ROOT_CONTEXT,
      begin: (name, spanOptions, parent) => tracer.startSpan(name, spanOptions, parent),
    };
  }

  beginRun(tool: string, startedAt: number): RunTrace {
    return new TracedRun(this.#tools, tool, startedAt, this.#tools.active());
  }

  beginCall(call: ReceivedCall): CallTrace {
    return new TracedCall(this.#tools, call, extractContext(this.#tools, call.meta));
  }

  inject(): TraceCarrier {
    const { api, safely, active } = this.#tools;
    const carrier: Record<string, string> = {};
    safely(() => api.propagation.inject(active(), carrier));
    return carrier;
  }

  async measureFleet(): Promise<FleetMeter> {
    const { OpenTelemetryFleetMeter } = await import('./fleet.ts');
    const { options, safely } = this.#tools;
    return new OpenTelemetryFleetMeter({ ...options, meter: this.#meter, safely });
  }
}
