import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HealError } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import { OpenTelemetry } from './open-telemetry.ts';
import type { Telemetry } from './port.ts';
import type { OpenTelemetryOptions } from './tracing-context.ts';

export interface LoadTelemetryOptions extends Omit<OpenTelemetryOptions, 'version'> {
  /** Whether it is wanted in any case. */
  readonly required: boolean;
  /** Where else `@opentelemetry/api` may be installed: the folder of the program that has brought its SDK. */
  readonly cwd: string;
  readonly warn: (message: string) => void;
}

const load = async (cwd: string): Promise<typeof import('@opentelemetry/api')> => {
  try {
    return await import('@opentelemetry/api');
  } catch (error) {
    // A program that was installed for all projects does not see what one of them has.
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
 * @throws HealError `PEER_MISSING` where it is required and not installed.
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
    warn(`there is an OpenTelemetry SDK, but ${message}`);
    return undefined;
  }
};
