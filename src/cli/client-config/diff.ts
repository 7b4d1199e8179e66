/** A line of a difference: what went, what came, what stayed. */
const pad = { gone: '-', come: '+', kept: ' ' } as const;

/** How long the longest list of lines is that two texts share from here on. */
const shared = (before: readonly string[], after: readonly string[]): number[][] => {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      const [row = [], next = []] = [lengths[a], lengths[a + 1]];
      row[b] = before[a] === after[b] ? (next[b + 1] ?? 0) + 1 : Math.max(next[b] ?? 0, row[b + 1] ?? 0);
    }
  }
  return lengths;
};

const mostLines = 400;

/** The lines of two texts as one list, each with `-`, `+` or a blank before it. */
export const diffLines = (before: string, after: string): string[] => {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  if (old.length > mostLines || fresh.length > mostLines) {
    return [...old.map((line) => `${pad.gone}${line}`), ...fresh.map((line) => `${pad.come}${line}`)];
  }
  const lengths = shared(old, fresh);
  const lines: string[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < fresh.length) {
    if (a < old.length && b < fresh.length && old[a] === fresh[b]) {
      lines.push(`${pad.kept}${old[a]}`);
      a += 1;
      b += 1;
    } else if (a < old.length && (b === fresh.length || (lengths[a + 1]?.[b] ?? 0) >= (lengths[a]?.[b + 1] ?? 0))) {
      lines.push(`${pad.gone}${old[a]}`);
      a += 1;
    } else {
      lines.push(`${pad.come}${fresh[b]}`);
      b += 1;
    }
  }
  return lines;
};
