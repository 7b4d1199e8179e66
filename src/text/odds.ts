const maxShown = 1_000_000;

/** Odds as people say them: `95:1`, or `1:12` if they are against it; never rounded up, as 100:1 is a limit. Null is `unknown`. */
export const oddsText = (odds: number | null): string => {
  if (odds === null || Number.isNaN(odds)) return 'unknown';
  const [ratio, text] = odds >= 1 ? [odds, (n: string) => `${n}:1`] : [1 / odds, (n: string) => `1:${n}`];
  if (ratio > maxShown) return `over ${text(maxShown.toLocaleString('en-US'))}`;
  if (ratio >= 10) return text(Math.floor(ratio).toLocaleString('en-US'));
  return text(String(Math.floor(ratio * 10) / 10));
};
