/**
 * Measures subjects in turn, round after round, so that what else the machine does meets all alike; resolves with the figures
 * of each, by name.
 *
 * @param subjects What is measured, by name.
 * @param measure Resolves with one figure of a subject.
 * @param warmUps So many rounds before the others, whose figures are dropped.
 */
export const inTurn = async (subjects, rounds, measure, { warmUps = 0 } = {}) => {
  const seen = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(subjects)) {
      const figure = await measure(subject);
      if (round >= 0) seen[name].push(figure);
    }
  }
  return seen;
};

/** The same figures, each made one by `sum`. */
export const summedUp = (seen, sum) =>
  Object.fromEntries(Object.entries(seen).map(([name, figures]) => [name, sum(figures)]));
