import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason why the demo was interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Interrupts the demo on a signal, a closed output or a timeout. */
export interface Interruption extends Disposable {
  /** Aborts with an `Interrupted`. */
  readonly signal: AbortSignal;
}

/** @param limitMs Time limit of the demo. */
export const watchForInterruption = (limitMs: number): Interruption => {
  const control = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    // A second signal exits immediately.
    if (control.signal.aborted) process.exit(128 + constants.signals[name]);
    control.abort(new Interrupted(`ended by ${name}`, 128 + constants.signals[name]));
  };
  const onClosedOutput = (): void => control.abort(new Interrupted('the output was closed', 1));
  const timer = setTimeout(() => {
    control.abort(new Interrupted(`timed out after ${Math.round(limitMs / 1_000)} s`, 1));
  }, limitMs);
  for (const name of signals) process.on(name, onSignal);
  process.stdout.on('error', onClosedOutput);
  return {
    signal: control.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const name of signals) process.removeListener(name, onSignal);
    },
  };
};
