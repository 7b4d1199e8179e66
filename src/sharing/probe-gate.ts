import type { Clock } from '../model/clock.ts';
import type { FixCheck } from '../model/fix.ts';
import { untilAborted } from '../platform/wait.ts';

/** How long a result counts for further failures, in ms. */
const freshMs = 250;

/** One probe that runs, or has just ended, and the callers that wait for it. */
interface Asked {
  readonly result: Promise<FixCheck>;
  readonly control: AbortController;
  waiting: number;
  endedAt: number | null;
}

/** Shares probes: however many calls fail at once, each fix is probed once for all of them. */
export class ProbeGate {
  readonly #clock: Clock;
  readonly #asked = new Map<string, Asked>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks the probe, or waits for the one that runs. A caller that is cancelled is told that the fix is not needed. */
  async ask(id: string, probe: (signal: AbortSignal) => Promise<FixCheck>, signal: AbortSignal): Promise<FixCheck> {
    const asked = this.#current(id) ?? this.#start(id, probe);
    asked.waiting += 1;
    try {
      return await untilAborted(asked.result, signal);
    } catch {
      return { needed: false, reason: 'the probe had not answered', at: this.#clock.monotonic() };
    } finally {
      asked.waiting -= 1;
      if (asked.waiting === 0 && asked.endedAt === null) {
        this.#forget(id, asked);
        asked.control.abort();
      }
    }
  }

  #current(id: string): Asked | undefined {
    const asked = this.#asked.get(id);
    if (asked === undefined || asked.endedAt === null) return asked;
    return this.#clock.monotonic() - asked.endedAt < freshMs ? asked : undefined;
  }

  #start(id: string, probe: (signal: AbortSignal) => Promise<FixCheck>): Asked {
    const control = new AbortController();
    const asked: Asked = { result: probe(control.signal), control, waiting: 0, endedAt: null };
    this.#asked.set(id, asked);
    void asked.result.then(
      () => {
        asked.endedAt = this.#clock.monotonic();
      },
      () => this.#forget(id, asked),
    );
    return asked;
  }

  #forget(id: string, asked: Asked): void {
    if (this.#asked.get(id) === asked) this.#asked.delete(id);
  }
}
