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
  /** Undefined if no proxy is traced. */
  readonly proxy?: ProxyTransports | undefined;
}

/** What traces are made with. */
export interface TracingContext {
  readonly api: typeof import('@opentelemetry/api');
  readonly instruments: Instruments;
  readonly safely: Harmless;
  readonly options: OpenTelemetryOptions;
  /** The context that is active here. */
  active(): Context;
  begin(name: string, options: SpanOptions, parent: Context): Span;
}
