// The only module of the page that uses the clock, random numbers and timers.

/** Milliseconds since the epoch. */
export const now = (): number => Date.now();

/** Calls back after `delayMs`; returns a function that cancels it. */
export const defer = (delayMs: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** Calls back every `everyMs`; returns a function that stops it. */
export const repeatedly = (everyMs: number, callback: () => void): (() => void) => {
  const timer = setInterval(callback, everyMs);
  return () => clearInterval(timer);
};

/** Returns a random time between half of `ms` and `ms`, so that pages do not all reconnect at once. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

/** Resolves after `delayMs`, or when `signal` aborts. */
export const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = defer(delayMs, end);
    signal.addEventListener('abort', end);
  });
