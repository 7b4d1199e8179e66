import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why the demo was ended before its time. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Watches for what ends the demo: a signal, an output that nobody reads any more, or the time. */
export interface Interruption extends Disposable {
  /** Aborts with an `Interrupted`. */
  readonly signal: AbortSignal;
}

/** @param limitMs How long the demo may take. */
export const watchForInterruption = (limitMs: number): Interruption => {
  const control = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    // Whoever asks twice does not want to wait.
    if (control.signal.aborted) process.exit(128 + constants.signals[name]);
    control.abort(new Interrupted(`ended by ${name}`, 128 + constants.signals[name]));
  };
  const onUnread = (): void => control.abort(new Interrupted('nobody reads the output any more', 1));
  const timer = setTimeout(() => {
    control.abort(new Interrupted(`not done within ${Math.round(limitMs / 1_000)} s`, 1));
  }, limitMs);
  for (const name of signals) process.on(name, onSignal);
  process.stdout.on('error', onUnread);
  return {
    signal: control.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const name of signals) process.removeListener(name, onSignal);
    },
  };
};
