import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import type { HealerPort } from '../../mcp/healing/healer-port.ts';
import type { UpstreamControl } from '../../model/fix.ts';
import { messageOf } from '../../text/error-text.ts';
import { type ConfiguredHealer, LiveHealer } from './live-healer.ts';
import { passThrough } from './pass-through.ts';
import { keepRunning } from './running-settings.ts';

export interface LiveConfigOptions {
  /** The configuration that the proxy starts with; what is left of it if it is invalid. */
  readonly loaded: LoadedConfig;
  /** Why the configuration is not in force, so that nothing is healed; undefined if it is. */
  readonly problem: string | undefined;
  /** Reads the configuration again. Rejects if it is invalid. */
  readonly read: () => Promise<LoadedConfig>;
  /** The name of a file in messages. */
  readonly nameOf: (file: string | null) => string;
  /** Makes the healer of one session. */
  readonly assemble: (loaded: LoadedConfig, upstream: UpstreamControl) => Promise<HealerPort & AsyncDisposable>;
  /** Receives each configuration before it is in force. */
  readonly onNext: (config: Config) => void;
  /** Writes lines for people. */
  readonly say: (text: string) => void;
  /** Shows what is wrong with the configuration, until it is right; undefined then. */
  readonly show: (problem: string | undefined) => void;
}

/** The configuration that is in force while a proxy runs, and the healers of its sessions. */
export class LiveConfig {
  readonly #options: LiveConfigOptions;
  readonly #healers = new Map<LiveHealer, UpstreamControl>();
  #loaded: LoadedConfig;
  #isHealing: boolean;
  /** The settings that the last message named. */
  #later: readonly string[] = [];
  #problem: string | undefined;

  constructor(options: LiveConfigOptions) {
    this.#options = options;
    this.#loaded = options.loaded;
    this.#problem = options.problem;
    this.#isHealing = options.problem === undefined;
  }

  get config(): Config {
    return this.#loaded.config;
  }

  /** Makes the healer of a session. Rejects if that fails. */
  async open(upstream: UpstreamControl): Promise<LiveHealer> {
    let loaded = this.#loaded;
    let made = await this.#make(upstream);
    while (loaded !== this.#loaded) {
      loaded = this.#loaded;
      await made.healer[Symbol.asyncDispose]();
      made = await this.#make(upstream);
    }
    const healer: LiveHealer = new LiveHealer(made, () => this.#healers.delete(healer));
    this.#healers.set(healer, upstream);
    return healer;
  }

  /** Reads the configuration again, and puts it in force if it is valid. Never rejects; to be called once at a time. */
  async reload(): Promise<void> {
    const { nameOf, say, show } = this.#options;
    let name = nameOf(this.#loaded.file);
    try {
      const next = await this.#options.read();
      if (next.file === null && this.#loaded.file !== null) throw new Error(`${name} is gone`);
      name = nameOf(next.file);
      const running = keepRunning(this.#loaded.config, next, this.#isHealing);
      const wasHealing = this.#isHealing;
      const isNew = !wasHealing || !isDeepStrictEqual(running.loaded.config, this.#loaded.config);
      if (isNew) await this.#apply(running.loaded);
      if (!wasHealing) say(`healing is on again: ${name} is valid`);
      else if (isNew) say(`${name} has changed: calls that fail from now on are healed by it`);
      else if (this.#problem !== undefined) say(`${name} is valid again`);
      this.#problem = undefined;
      show(undefined);
      this.#sayLater(name, running.later);
    } catch (error) {
      const problem = messageOf(error);
      if (problem === this.#problem) return;
      this.#problem = problem;
      show(problem);
      say(problem);
      say(
        this.#isHealing
          ? `the last valid configuration stays in force until ${name} is corrected`
          : 'healing is still off',
      );
    }
  }

  #sayLater(name: string, later: readonly string[]): void {
    const { say } = this.#options;
    if (later.length > 0 && !isDeepStrictEqual(later, this.#later)) {
      say(`${name}: ${later.join(', ')}: in force only after a restart of the proxy`);
    }
    this.#later = later;
  }

  async #make(
    upstream: UpstreamControl,
    loaded = this.#loaded,
    isHealing = this.#isHealing,
  ): Promise<ConfiguredHealer> {
    const healer = isHealing ? await this.#options.assemble(loaded, upstream) : passThrough(loaded);
    return { config: loaded.config, healer };
  }

  /** Replaces the healers of all sessions at once, or none. */
  async #apply(next: LoadedConfig): Promise<void> {
    this.#options.onNext(next.config);
    const made = new Map<LiveHealer, ConfiguredHealer>();
    try {
      // Sessions may begin meanwhile.
      for (let missing = this.#without(made); missing.length > 0; missing = this.#without(made)) {
        for (const [healer, upstream] of missing) made.set(healer, await this.#make(upstream, next, true));
      }
    } catch (error) {
      await Promise.allSettled([...made.values()].map(({ healer }) => healer[Symbol.asyncDispose]()));
      throw error;
    }
    this.#loaded = next;
    this.#isHealing = true;
    for (const [healer, one] of made) {
      if (this.#healers.has(healer)) healer.replace(one);
      else void Promise.resolve(one.healer[Symbol.asyncDispose]()).catch(() => {});
    }
  }

  #without(made: ReadonlyMap<LiveHealer, unknown>): [LiveHealer, UpstreamControl][] {
    return [...this.#healers].filter(([healer]) => !made.has(healer));
  }
}
