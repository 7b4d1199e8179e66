import type { Config } from '../config/schema.ts';

/** Whether an SDK is registered; OpenTelemetry's API stores it under this symbol. */
const isThereAnSdk = (): boolean => {
  const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  return typeof registered === 'object' && registered !== null && ('trace' in registered || 'metrics' in registered);
};

/** Whether spans and metrics are enabled; checks this without loading OpenTelemetry. */
export const isTelemetryEnabled = (wanted: Config['telemetry']): boolean =>
  wanted === 'on' || (wanted === 'auto' && isThereAnSdk());
