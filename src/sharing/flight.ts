import type { FixReport } from '../model/fix.ts';
import { Cancellation, type CancelSource, listen, unlisten } from '../platform/cancellation.ts';
import type { FixHistory } from './history.ts';
import type { LeaseHeld } from './lock-store.ts';

/** How a flight ended: with a report, or with the news that another run has fixed it already. */
export type FlightEnd =
  | { readonly kind: 'report'; readonly report: FixReport }
  | { readonly kind: 'already_fixed'; readonly common: FixHistory };

/** One run of a fix and all its waiters in this process. It goes on as long as there is one. */
export class Flight {
  /** The holder of the lease that this flight waits for; null if it holds the lease itself. */
  waitingFor: LeaseHeld | null = null;
  /** Resolves when it is over. */
  readonly end: Promise<FlightEnd>;
  /** Aborts when there is no waiter left, for the reason of the last one. */
  readonly cancellation = new Cancellation();
  #waiting = 0;

  /** @param work Never rejects. */
  constructor(work: (flight: Flight) => Promise<FlightEnd>) {
    this.end = work(this);
  }

  /** Whether it is being ended, so that there is nothing to wait for but its end. */
  get ending(): boolean {
    return this.cancellation.aborted;
  }

  /** Waits for the end. Resolves with null as soon as the waiter is cancelled; only the last waiter sees the end. */
  join(cancels: CancelSource): Promise<FlightEnd | null> {
    this.#waiting += 1;
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.cancellation.abort(cancels.reason);
        else resolve(null);
      };
      listen(cancels, leave);
      void this.end.then((end) => {
        unlisten(cancels, leave);
        resolve(end);
      });
    });
  }
}
