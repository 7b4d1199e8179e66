// The one place of the page that asks the clock and chance, and waits.

/** Milliseconds since the epoch. */
export const now = (): number => Date.now();

/** Calls back after `delayMs`; the function that it returns calls it off. */
export const defer = (delayMs: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** Calls back every `everyMs`; the function that it returns ends it. */
export const repeatedly = (everyMs: number, callback: () => void): (() => void) => {
  const timer = setInterval(callback, everyMs);
  return () => clearInterval(timer);
};

/** Between half and all of `ms`, so that pages that lost the same server do not all come back at once. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

/** Resolves after `delayMs`, or at once when `signal` aborts. */
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
