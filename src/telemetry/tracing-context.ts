import type { Context, Span, SpanOptions } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { Harmless } from './harmless.ts';
import type { Instruments } from './instruments.ts';
import type { ProxyTransports } from './port.ts';

export interface OpenTelemetryOptions {
  readonly clock: Clock;
  readonly redact: Redact;
  readonly warn: (message: string) => void;
  readonly version: string;
  /** Undefined outside of a proxy. */
  readonly proxy?: ProxyTransports | undefined;
}

/** The dependencies of tracing. */
export interface TracingContext {
  readonly api: typeof import('@opentelemetry/api');
  readonly instruments: Instruments;
  readonly safely: Harmless;
  readonly options: OpenTelemetryOptions;
  /** The active context. */
  active(): Context;
  begin(name: string, options: SpanOptions, parent: Context): Span;
}
