/**
 * Measures subjects in turn, round after round, so that other load on the machine affects all of them alike; resolves with
 * the figures of each, by name.
 *
 * @param subjects The subjects, by name.
 * @param measure Resolves with one figure of a subject.
 * @param warmUps Number of rounds before the others; their figures are dropped.
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

/** Reduces the figures of each subject to one with `reduce`. */
export const summarize = (seen, reduce) =>
  Object.fromEntries(Object.entries(seen).map(([name, figures]) => [name, reduce(figures)]));
