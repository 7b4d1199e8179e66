const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface EndSignalOptions {
  /** Called on SIGHUP with what ends the process, once. @default SIGHUP ends the process, as the others do */
  readonly onHangup?: ((end: () => void) => void) | undefined;
}

export interface EndSignals {
  /** Aborts on the first signal. */
  readonly first: AbortSignal;
  /** Aborts on the second signal. */
  readonly second: AbortSignal;
  /** Restores the default effect of the signals. */
  ignore(): void;
}

/** Turns the signals that terminate a process into abort signals. */
export const endSignals = ({ onHangup }: EndSignalOptions = {}): EndSignals => {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP' && onHangup !== undefined) {
      onHangup(() => first.abort());
      return;
    }
    if (first.signal.aborted) second.abort();
    first.abort();
  };
  for (const name of names) process.on(name, onSignal);
  return {
    first: first.signal,
    second: second.signal,
    ignore: () => {
      for (const name of names) process.removeListener(name, onSignal);
    },
  };
};
