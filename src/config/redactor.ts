import { createRedactor, type Redactor } from '../redact/index.ts';
import type { Config } from './schema.ts';
import { secretValues } from './secrets.ts';

/** Makes the redactor of a configuration: it masks the declared secrets, and the environment's own credentials. */
export const redactorFor = (config: Config, env: NodeJS.ProcessEnv): Redactor =>
  createRedactor({ values: secretValues(config, env), env });
