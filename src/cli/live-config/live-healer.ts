import type { Config } from '../../config/schema.ts';
import type { ToolLimits } from '../../healer/healer.ts';
import type { HealerPort } from '../../mcp/healing/healer-port.ts';
import type { RunOutcome } from '../../model/run.ts';

/** A healer by one configuration. */
export interface ConfiguredHealer {
  readonly config: Config;
  readonly healer: HealerPort & AsyncDisposable;
}

/** A healer and the calls that it heals. */
class Generation {
  readonly config: Config;
  readonly healer: HealerPort & AsyncDisposable;
  #open = 0;
  #onIdle: (() => void) | undefined;

  constructor({ config, healer }: ConfiguredHealer) {
    this.config = config;
    this.healer = healer;
  }

  async heal<T>(...call: Parameters<HealerPort['heal']>): Promise<RunOutcome<T>> {
    this.#open += 1;
    try {
      return (await this.healer.heal(...call)) as RunOutcome<T>;
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#onIdle?.();
    }
  }

  /** Closes the healer when the calls that it heals have ended. */
  async retire(): Promise<void> {
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.healer[Symbol.asyncDispose]();
  }
}

/** The healer of one session, which may be replaced. A call that is being healed stays with the healer that it began with. */
export class LiveHealer implements HealerPort, AsyncDisposable {
  #now: Generation;
  readonly #retiring = new Set<Generation>();
  readonly #onEnd: () => void;

  constructor(first: ConfiguredHealer, onEnd: () => void) {
    this.#now = new Generation(first);
    this.#onEnd = onEnd;
  }

  replace(next: ConfiguredHealer): void {
    const before = this.#now;
    this.#now = new Generation(next);
    this.#retiring.add(before);
    void before
      .retire()
      .catch(() => {})
      .finally(() => this.#retiring.delete(before));
  }

  get telemetry() {
    return this.#now.healer.telemetry;
  }

  get questions() {
    return this.#now.healer.questions;
  }

  get attempts(): number {
    return this.#now.healer.attempts;
  }

  get isHidden() {
    return this.#now.healer.isHidden;
  }

  limitsOf(tool: string): ToolLimits {
    const { config, healer } = this.#now;
    const {
      attempts,
      deadlineMs = config.deadlineMs,
      timeoutMs = config.attemptTimeoutMs,
    } = healer.limitsOf?.(tool) ?? {};
    return { attempts, deadlineMs, timeoutMs };
  }

  looksHealthy(value: unknown): boolean {
    return this.#now.healer.looksHealthy(value);
  }

  hasOpenFailure(tool: string): boolean {
    return this.#now.healer.hasOpenFailure?.(tool) ?? false;
  }

  countHealthy(tool: string, args?: Readonly<Record<string, unknown>>): void {
    this.#now.healer.countHealthy(tool, args);
  }

  heal<T>(...call: Parameters<HealerPort['heal']>): Promise<RunOutcome<T>> {
    return this.#now.heal<T>(...call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onEnd();
    for (const { healer } of this.#retiring) await healer[Symbol.asyncDispose]();
    await this.#now.healer[Symbol.asyncDispose]();
  }
}
