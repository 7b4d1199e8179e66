import type { Clock } from '../model/clock.ts';

export interface HangupParts {
  /** Whether the process has a controlling terminal now. */
  readonly hasTerminal: () => boolean;
  readonly clock: Clock;
  readonly restart: () => void;
}

/** A shell that ends sends SIGHUP to its jobs while it still holds the terminal; it is gone after this time, in ms. */
const shellEndsWithinMs = 500;

/**
 * Makes what is done on SIGHUP: the end if the terminal of the process was closed, a restart if the signal was sent on purpose,
 * as by `kill -HUP`. A process that never had a terminal is always restarted.
 */
export const restartUnlessClosed = ({ hasTerminal, clock, restart }: HangupParts): ((end: () => void) => void) => {
  if (!hasTerminal()) return restart;
  return (end) => {
    clock.setTimeout(() => (hasTerminal() ? restart() : end()), hasTerminal() ? shellEndsWithinMs : 0);
  };
};
