import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';

/** Bucket bounds in seconds, from the semantic conventions for MCP. */
export const bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** The metrics of the semantic conventions for MCP, and healflow's own. */
export class Instruments {
  readonly serverDuration: Histogram<Attributes>;
  readonly clientDuration: Histogram<Attributes>;
  readonly runDuration: Histogram<Attributes>;
  readonly fixDuration: Histogram<Attributes>;
  readonly healings: Counter<Attributes>;

  constructor(meter: Meter) {
    const duration = (name: string, description: string): Histogram<Attributes> =>
      meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: bounds } });
    this.serverDuration = duration('mcp.server.operation.duration', 'Time from a request to its response.');
    this.clientDuration = duration('mcp.client.operation.duration', 'Duration of one attempt of a call.');
    this.runDuration = duration('healflow.run.duration', 'Time from the first attempt to the end of a run.');
    this.fixDuration = duration('healflow.fix.duration', 'Duration of a fix, including its probes.');
    this.healings = meter.createCounter('healflow.healings', {
      description: 'Runs in which something failed, by outcome.',
      unit: '{run}',
    });
  }
}
