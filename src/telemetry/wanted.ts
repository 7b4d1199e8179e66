import type { Config } from '../config/schema.ts';

/** Whether an SDK has registered itself; OpenTelemetry's API keeps what is registered under this symbol. */
const isThereAnSdk = (): boolean => {
  const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  return typeof registered === 'object' && registered !== null && ('trace' in registered || 'metrics' in registered);
};

/** Whether spans and metrics are wanted; nothing of OpenTelemetry is loaded for the answer. */
export const isTelemetryEnabled = (wanted: Config['telemetry']): boolean =>
  wanted === 'on' || (wanted === 'auto' && isThereAnSdk());
