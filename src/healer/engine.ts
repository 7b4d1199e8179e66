import { createActor, toPromise } from 'xstate';
import type { HealingOutput } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Clock } from '../model/clock.ts';
import type { FixSharing } from '../sharing/share.ts';
import type { Inspect } from './inspect.ts';
import type { HealthNow } from './observer.ts';
import type { Run } from './run.ts';
import { provideServices, type ServiceParts } from './services.ts';

/** What a healer lends to its engine. */
export interface EngineHost extends Omit<ServiceParts, 'limits' | 'selectFix'> {
  /** Calls of a tool in all. */
  readonly attempts: number;
  readonly inspect: Inspect | undefined;
}

export interface EngineParts extends Pick<ServiceParts, 'limits' | 'selectFix'> {
  /** Tells what holds fixes back. */
  readonly sharing?: Pick<FixSharing, 'heldBack'> | undefined;
}

/** What heals: the machine with its services, and what keeps it from making things worse. */
export class Engine {
  readonly limits: Limits;
  readonly #host: EngineHost;
  readonly #sharing: EngineParts['sharing'];
  readonly #machine: ReturnType<typeof provideServices>;

  constructor(parts: EngineParts, host: EngineHost) {
    this.limits = parts.limits;
    this.#host = host;
    this.#sharing = parts.sharing;
    this.#machine = provideServices({ ...host, ...parts });
  }

  /** What holds healing back now. */
  health(clock: Clock): HealthNow {
    const { cooldowns = [], budgets = [] } = this.#sharing?.heldBack() ?? {};
    const limited = this.limits.heldBack(clock.monotonic());
    return {
      breakers: limited.breakers.map(({ upstream, state, forMs }) => ({
        upstream,
        state,
        until: forMs === null ? null : clock.now() + forMs,
      })),
      budgets: [...budgets, ...limited.budgets],
      cooldowns,
    };
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
