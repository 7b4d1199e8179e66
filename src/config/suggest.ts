/** How many letters must be put in, taken out, changed or swapped to make one word the other. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
};

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Finds the word that was probably meant; undefined if none is close. */
export const closest = (word: string, known: readonly string[]): string | undefined => {
  const wanted = plain(word.slice(0, 60));
  if (wanted === '') return undefined;
  const ranked = known
    .map((candidate) => {
      const other = plain(candidate);
      // `timeout` for `timeoutMs`, `memory` for `memoryDir`.
      const begins = wanted.length >= 4 && (other.startsWith(wanted) || wanted.startsWith(other));
      return { candidate, far: Math.min(distance(wanted, other), begins ? 1 : Number.POSITIVE_INFINITY) };
    })
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(1, Math.floor(wanted.length / 3)) ? best.candidate : undefined;
};
