import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { type BreakerEvent, type BreakerInput, breakerMachine } from '../../machines/breaker.ts';

export type BreakerState = 'Closed' | 'Open' | 'HalfOpen';

/**
 * A circuit breaker of healing. It never keeps a call from the tool: while it is open, failures are handed back at
 * once instead of being healed, and the first call that goes well closes it.
 */
export class CircuitBreaker {
  #snapshot: SnapshotFrom<typeof breakerMachine>;

  constructor(input: BreakerInput) {
    [this.#snapshot] = initialTransition(breakerMachine, input);
  }

  get state(): BreakerState {
    return this.#snapshot.value;
  }

  /** How long it stays open at least, in ms; null where it is not. */
  openForMs(at: number): number | null {
    const { openedAt, openMs } = this.#snapshot.context;
    return this.state === 'Open' ? Math.max(0, openedAt + openMs - at) : null;
  }

  /** Whether nothing has failed lately, so that a success has nothing to tell. */
  get untroubled(): boolean {
    return this.#snapshot.value === 'Closed' && this.#snapshot.context.failedInARow === 0;
  }

  /** Asks whether a failure may be healed now; true out of Open makes the asker the one who tries. */
  ask(at: number): 'allowed' | 'trial' | 'refused' {
    if (this.state === 'Closed') return 'allowed';
    const before = this.state;
    this.#send({ type: 'asked', at });
    return before === 'Open' && this.state === 'HalfOpen' ? 'trial' : 'refused';
  }

  succeeded(): void {
    if (!this.untroubled) this.#send({ type: 'succeeded' });
  }

  failed(at: number): void {
    this.#send({ type: 'failed', at });
  }

  /** The one who tried gave up without knowing. */
  abandoned(): void {
    this.#send({ type: 'abandoned' });
  }

  #send(event: BreakerEvent): void {
    [this.#snapshot] = transition(breakerMachine, this.#snapshot, event);
  }
}
