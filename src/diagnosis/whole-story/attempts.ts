const numbered = /(?<=^|\n)(\W{0,6}(?:attempt|try) #?)(\d{1,2})((?:\/| of )(\d{1,2}))?(?: failed)?(?=: \S)/gi;

const givenUp =
  /\b(?:giving|gave|given) up after (\d{1,2}|all) (?:attempts|tries|retries)\b|\b(?:all )?(\d{1,2}) attempts failed\b/gi;

/** The same in one line, if each was turned away: one that timed out may have been carried out. */
const turnedAway =
  /\b(?:attempt|try) #?(\d{1,2})(?:\/| of )(\d{1,2}):? (?:was )?(?:refused|rejected|ECONNREFUSED|connection refused)(?=\s*(?:[,;(.]|$))/giu;
const anyAttempt = /\b(?:attempt|try|tries|attempts|retry|retries)\b/gi;

/** Blanks attempts that are all listed in one line and were all turned away. */
export const withoutTurnedAway = (text: string, blank: (match: string) => string): string => {
  const all = [...text.matchAll(turnedAway)];
  const isWhole =
    all.length > 1 &&
    all.every((match, index) => Number(match[1]) === index + 1 && Number(match[2]) === all.length) &&
    text.match(anyAttempt)?.length === all.length;
  return isWhole ? text.replace(turnedAway, blank) : text;
};

/**
 * Blanks the numbers of attempts that are all listed, the first included: each is read for itself. What an attempt that is not listed ended with
 * is not known.
 */
export const withoutAttempts = (text: string, blank: (match: string) => string): string => {
  const attempts = [...text.matchAll(numbered)].map((match) => Number(match[2]));
  if (attempts.length === 0 || attempts.some((attempt, index) => attempt !== index + 1)) return text;
  return text
    .replace(numbered, blank)
    .replace(givenUp, (match, count?: string, other?: string) =>
      (count ?? other) === 'all' || Number(count ?? other) === attempts.length ? blank(match) : match,
    );
};
