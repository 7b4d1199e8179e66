/** The normal deviates of 95 %: one-sided, and two-sided. */
const oneSided = 1.6449;
const twoSided = 1.96;

const bounds = (succeeded: number, of: number, z: number): readonly [low: number, high: number] => {
  const share = succeeded / of;
  const square = (z * z) / of;
  const middle = share + square / 2;
  const reach = z * Math.sqrt((share * (1 - share)) / of + square / (4 * of));
  return [Math.max(0, (middle - reach) / (1 + square)), Math.min(1, (middle + reach) / (1 + square))];
};

/** The 95 % interval of a share, after Wilson; null if nothing was counted. */
export const wilsonInterval = (succeeded: number, of: number): readonly [low: number, high: number] | null =>
  of > 0 ? bounds(succeeded, of, twoSided) : null;

/** The share that is exceeded with a probability of 5 %, after Wilson. `of` must be above 0; parts of a count are allowed. */
export const wilsonUpper = (succeeded: number, of: number): number => bounds(succeeded, of, oneSided)[1];
