import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { type BreakerEvent, type BreakerInput, breakerMachine } from '../../machines/breaker.ts';

export type BreakerState = 'Closed' | 'Open' | 'HalfOpen';

/**
 * A circuit breaker of healing. It never keeps a call from the tool: while it is open, failures are returned at
 * once instead of being healed, and the first call that succeeds closes it.
 */
export class CircuitBreaker {
  #snapshot: SnapshotFrom<typeof breakerMachine>;

  constructor(input: BreakerInput) {
    [this.#snapshot] = initialTransition(breakerMachine, input);
  }

  get state(): BreakerState {
    return this.#snapshot.value;
  }

  /** The minimum time for which it stays open, in ms; null if it is not open. */
  remainingOpenMs(at: number): number | null {
    const { openedAt, openMs } = this.#snapshot.context;
    return this.state === 'Open' ? Math.max(0, openedAt + openMs - at) : null;
  }

  /** Whether no failure is counted, so that a success changes nothing. */
  get isClean(): boolean {
    return this.#snapshot.value === 'Closed' && this.#snapshot.context.consecutiveFailures === 0;
  }

  /** Decides whether a failure may be healed now; `trial` makes the caller the one run that tries. */
  tryAcquire(at: number): 'allowed' | 'trial' | 'refused' {
    if (this.state === 'Closed') return 'allowed';
    const before = this.state;
    this.#send({ type: 'asked', at });
    return before === 'Open' && this.state === 'HalfOpen' ? 'trial' : 'refused';
  }

  succeeded(): void {
    if (!this.isClean) this.#send({ type: 'succeeded' });
  }

  failed(at: number): void {
    this.#send({ type: 'failed', at });
  }

  /** A run has waited in vain for the upstream. */
  outlasted(at: number): void {
    this.#send({ type: 'outlasted', at });
  }

  /** The trial run ended without a result. */
  abandoned(): void {
    this.#send({ type: 'abandoned' });
  }

  #send(event: BreakerEvent): void {
    [this.#snapshot] = transition(breakerMachine, this.#snapshot, event);
  }
}
