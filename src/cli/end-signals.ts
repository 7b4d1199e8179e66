const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface EndSignals {
  /** Aborts when the process is asked to end. */
  readonly first: AbortSignal;
  /** Aborts when it is asked once more. */
  readonly second: AbortSignal;
  /** Gives the signals their usual effect again. */
  ignore(): void;
}

/** Turns the signals that ask a process to end into abort signals. */
export const endSignals = (): EndSignals => {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = (): void => {
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
