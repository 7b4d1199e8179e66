/** The prefix of a removed, an added and an unchanged line. */
const prefix = { removed: '-', added: '+', unchanged: ' ' } as const;

/** Computes the length of the longest common subsequence of lines from each pair of positions on. */
const commonLengths = (before: readonly string[], after: readonly string[]): number[][] => {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      const [row = [], next = []] = [lengths[a], lengths[a + 1]];
      row[b] = before[a] === after[b] ? (next[b + 1] ?? 0) + 1 : Math.max(next[b] ?? 0, row[b + 1] ?? 0);
    }
  }
  return lengths;
};

const maxLines = 400;

/** Returns the lines of two texts as one list, each prefixed with `-`, `+` or a space. */
export const diffLines = (before: string, after: string): string[] => {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  if (old.length > maxLines || fresh.length > maxLines) {
    return [...old.map((line) => `${prefix.removed}${line}`), ...fresh.map((line) => `${prefix.added}${line}`)];
  }
  const lengths = commonLengths(old, fresh);
  const lines: string[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < fresh.length) {
    if (a < old.length && b < fresh.length && old[a] === fresh[b]) {
      lines.push(`${prefix.unchanged}${old[a]}`);
      a += 1;
      b += 1;
    } else if (a < old.length && (b === fresh.length || (lengths[a + 1]?.[b] ?? 0) >= (lengths[a]?.[b + 1] ?? 0))) {
      lines.push(`${prefix.removed}${old[a]}`);
      a += 1;
    } else {
      lines.push(`${prefix.added}${fresh[b]}`);
      b += 1;
    }
  }
  return lines;
};
