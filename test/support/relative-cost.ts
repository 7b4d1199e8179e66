/** The processor time of a piece of work, in ms: it leaves out the other processes of the machine. */
const cpuMs = (work: () => void): number => {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
};

/** On a busy machine it takes more rounds until both pieces of work have run undisturbed. */
const minRounds = 2;
const maxRounds = 40;
/** Enough for 25 to 40 rounds of work that costs what it should; work that is far too slow has failed by then. */
const maxTotalMs = 1_000;

/**
 * How many times as long as the reference the work takes. Both are measured in turn, and the shortest time of each counts,
 * so that neither the speed nor the load of the machine matters. Measures again while the ratio is above `limit`.
 */
export const relativeCost = (work: () => void, reference: () => void, limit: number): number => {
  let totalMs = 0;
  let workMs = Number.POSITIVE_INFINITY;
  let referenceMs = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= maxRounds && totalMs < maxTotalMs; round += 1) {
    referenceMs = Math.min(referenceMs, cpuMs(reference));
    const tookMs = cpuMs(work);
    workMs = Math.min(workMs, tookMs);
    totalMs += tookMs;
    if (round >= minRounds && workMs <= limit * referenceMs) break;
  }
  return workMs / referenceMs;
};
