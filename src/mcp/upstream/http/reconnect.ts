const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
const growth = 1.5;

/** The delay before a broken connection is made again, in ms, after this number of failures. */
export const reconnectDelayMs = (failures: number): number => Math.min(maxDelayMs, firstDelayMs * growth ** failures);

/** Whether a connection may succeed later: there was no server, or it cannot respond for now. */
export const isRetryableStatus = (status: number | undefined): boolean =>
  status === undefined || status >= 500 || [401, 408, 425, 429].includes(status);
