import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HealError } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import { OpenTelemetry } from './open-telemetry.ts';
import type { Telemetry } from './port.ts';
import type { OpenTelemetryOptions } from './tracing-context.ts';

export interface LoadTelemetryOptions extends Omit<OpenTelemetryOptions, 'version'> {
  /** Whether a missing package is an error. */
  readonly required: boolean;
  /** Another folder in which `@opentelemetry/api` may be installed: that of the program with the SDK. */
  readonly cwd: string;
  readonly warn: (message: string) => void;
}

const load = async (cwd: string): Promise<typeof import('@opentelemetry/api')> => {
  try {
    return await import('@opentelemetry/api');
  } catch (error) {
    // A globally installed program does not see the packages of a project.
    const fromThere = createRequire(join(cwd, 'package.json'));
    try {
      return fromThere('@opentelemetry/api');
    } catch {
      throw error;
    }
  }
};

/**
 * Loads OpenTelemetry's API; resolves with undefined if it is not installed.
 *
 * @throws HealError `PEER_MISSING` if it is required and not installed.
 */
export const loadTelemetry = async (options: LoadTelemetryOptions): Promise<Telemetry | undefined> => {
  const { required, cwd, warn } = options;
  try {
    const api = await load(cwd);
    const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
    return new OpenTelemetry(api, { ...options, version });
  } catch (cause) {
    const message = '@opentelemetry/api is not installed (npm install @opentelemetry/api@1)';
    if (required) throw new HealError('PEER_MISSING', `telemetry is on, but ${message}`, { cause });
    warn(`an OpenTelemetry SDK is registered, but ${message}`);
    return undefined;
  }
};
