import type { Clock, Random } from '../model/clock.ts';
import type { Diagnosis, Redact } from '../model/diagnosis.ts';
import type { UpstreamControl } from '../model/fix.ts';
import type { TokenStore } from './token-store.ts';
import type { Tunnels } from './tunnels.ts';

/** What every fix needs. */
export interface FixContext {
  /** The folder that relative paths of the config refer to. */
  readonly baseDir: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Masks secrets; learns new ones from fixes, if it can. */
  readonly redact: Redact & { remember?(value: string): void };
  /** The environment of this process. */
  readonly env: NodeJS.ProcessEnv;
  readonly upstream?: UpstreamControl | undefined;
  /** The tunnels that fixes have opened; undefined if a command that goes on running is none. */
  readonly tunnels?: Tunnels | undefined;
  /** The tokens that the processes of this machine share; undefined if each keeps its own. */
  readonly tokens?: TokenStore | undefined;
}

/** The failed call that a fix is looked for. */
export interface FixCall {
  readonly tool: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  readonly diagnosis: Diagnosis;
  /** How long the run may still take, in ms. */
  readonly remainingMs: number;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
}
