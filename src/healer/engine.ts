import { createActor, toPromise } from 'xstate';
import type { HealingOutput } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Inspect } from './inspect.ts';
import type { Run } from './run.ts';
import { provideServices, type ServiceParts } from './services.ts';

/** What a healer lends to its engine. */
export interface EngineHost extends Omit<ServiceParts, 'limits' | 'selectFix'> {
  /** Calls of a tool in all. */
  readonly attempts: number;
  readonly inspect: Inspect | undefined;
}

export interface EngineParts extends Pick<ServiceParts, 'limits' | 'selectFix'> {}

/** What heals: the machine with its services, and what keeps it from making things worse. */
export class Engine {
  readonly limits: Limits;
  readonly #host: EngineHost;
  readonly #machine: ReturnType<typeof provideServices>;

  constructor(parts: EngineParts, host: EngineHost) {
    this.limits = parts.limits;
    this.#host = host;
    this.#machine = provideServices({ ...host, ...parts });
  }

  /** Brings a run to its end. Rejects where the machine breaks. */
  heal(run: Run<unknown>): Promise<HealingOutput> {
    const { runId, tool, kind } = run.call;
    const { attempts, clock, inspect } = this.#host;
    const actor = createActor(this.#machine, {
      id: `healing:${tool}:${runId}`,
      input: { runId, tool, kind, maxAttempts: attempts },
      clock,
      ...(inspect === undefined ? {} : { inspect }),
    });
    const output = toPromise(actor);
    actor.start();
    return output;
  }
}
