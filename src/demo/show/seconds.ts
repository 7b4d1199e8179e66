/** Shows a duration, as in `1.04 s`. */
export const seconds = (durationMs: number): string => `${(durationMs / 1_000).toFixed(2)} s`;
