/** Returns the next round number at or above `value`: 1, 2 or 5 times a power of ten. */
export const roundUp = (value: number): number => {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
};

/** Returns at most `most` evenly spaced indices of 0..count-1, including the first and the last. */
export const spread = (count: number, most: number): readonly number[] => {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
};

/** Merges neighbouring columns until at most `most` are left. */
export const condense = <T>(values: readonly T[], most: number, join: (some: readonly T[]) => T): readonly T[] => {
  const each = Math.ceil(values.length / most);
  if (each <= 1) return values;
  const joined: T[] = [];
  for (let at = 0; at < values.length; at += each) joined.push(join(values.slice(at, at + each)));
  return joined;
};
