import type { Attributes, Counter, Histogram, Meter, ObservableGauge, ObservableResult } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { Harmless } from './harmless.ts';
import { bounds } from './instruments.ts';
import type { FleetMeter, TakeResult } from './port.ts';

interface FleetMeterParts {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly safely: Harmless;
}

/** Names a key in an attribute: few characters, and no secret of a target. */
const keyLength = 100;

/** The metrics of a process and its fleet, through OpenTelemetry's API. */
export class OpenTelemetryFleetMeter implements FleetMeter {
  readonly #parts: FleetMeterParts;
  readonly #takeDuration: Histogram<Attributes>;
  readonly #fallbacks: Counter<Attributes>;
  readonly #observed: (readonly [ObservableGauge, (result: ObservableResult) => void])[] = [];
  #isReachable: boolean | undefined;

  constructor(parts: FleetMeterParts) {
    const { meter } = parts;
    this.#parts = parts;
    this.#takeDuration = meter.createHistogram('healflow.fleet.take.duration', {
      description: 'Time that a fix waited for its lease in the database of the fleet.',
      unit: 's',
      advice: { explicitBucketBoundaries: bounds },
    });
    this.#fallbacks = meter.createCounter('healflow.fleet.fallback.count', {
      description: 'Fixes that were shared on this machine only, or refused, because the database was lost.',
      unit: '{fix}',
    });
    const reachable = meter.createObservableGauge('healflow.fleet.reachable', {
      description: 'Whether the last statement reached the database of the fleet (1) or not (0).',
      unit: '1',
    });
    this.#observe(reachable, () => (this.#isReachable === undefined ? undefined : Number(this.#isReachable)));
  }

  reached(isReachable: boolean): void {
    this.#isReachable = isReachable;
  }

  took(key: string, startedAt: number, result: TakeResult): void {
    const { clock, safely } = this.#parts;
    const seconds = Math.max(0, clock.monotonic() - startedAt) / 1_000;
    safely(() => this.#takeDuration.record(seconds, { ...this.#fix(key), 'healflow.fleet.take.result': result }));
  }

  fellBack(key: string, whenLost: 'machine' | 'refuse'): void {
    this.#parts.safely(() => this.#fallbacks.add(1, { ...this.#fix(key), 'healflow.fleet.when_lost': whenLost }));
  }

  observeLag(read: () => number | undefined): void {
    const { meter, safely } = this.#parts;
    safely(() => {
      const lag = meter.createObservableGauge('healflow.fleet.shipper.lag', {
        description: 'Age of the oldest event that has not been copied to the database of the fleet.',
        unit: 's',
      });
      this.#observe(lag, read);
    });
  }

  close(): void {
    for (const [gauge, callback] of this.#observed.splice(0)) {
      this.#parts.safely(() => gauge.removeCallback(callback));
    }
  }

  #observe(gauge: ObservableGauge, read: () => number | undefined): void {
    const callback = (result: ObservableResult): void => {
      const value = read();
      if (value !== undefined) result.observe(value);
    };
    gauge.addCallback(callback);
    this.#observed.push([gauge, callback]);
  }

  #fix(key: string): Attributes {
    return { 'healflow.fix.key': this.#parts.redact(key).slice(0, keyLength) };
  }
}
