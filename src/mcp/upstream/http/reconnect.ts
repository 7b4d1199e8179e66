const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
const growth = 1.5;

/** The wait before a connection that broke is made again, in ms, after so many that came to nothing. */
export const reconnectDelayMs = (failures: number): number =>
  Math.min(longestDelayMs, firstDelayMs * growth ** failures);

/** Whether a connection that failed so may come about later: it met no server, or one that cannot serve it for now. */
export const isRetryableStatus = (status: number | undefined): boolean =>
  status === undefined || status >= 500 || [401, 408, 425, 429].includes(status);
