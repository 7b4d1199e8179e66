/** A duration in words, with its unit: `340 ms`, `1.2 s`, `3 min 05 s`. */
export const durationText = (ms: number): string => {
  const rounded = Math.round(ms);
  if (rounded < 1_000) return `${rounded} ms`;
  if (rounded < 59_950) return `${(rounded / 1_000).toFixed(1)} s`;
  const seconds = Math.round(rounded / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
};

/** A duration in seconds: `1.2 s`; `digits` is the number of digits after the point. */
export const secondsText = (ms: number, digits = 1): string => `${(ms / 1_000).toFixed(digits)} s`;

/** A duration in seconds up to a minute, else in whole minutes, rounded up: `3.0 s`, `2 min`. */
export const roughDuration = (ms: number): string => (ms < 60_000 ? secondsText(ms) : `${Math.ceil(ms / 60_000)} min`);
