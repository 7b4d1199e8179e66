const begun = new WeakSet<object>();

/**
 * Marks what a call has returned or thrown after it had shown that its work was under way, such as by a notification of progress. A
 * report is not the whole story then.
 */
export const markBegun = (outcome: unknown): void => {
  if (typeof outcome === 'object' && outcome !== null) begun.add(outcome);
};

/** Whether the work of the call was under way before it returned or threw this. */
export const hasBegun = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && begun.has(outcome);
