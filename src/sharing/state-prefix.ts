/** The beginning of every state of healflow: it tells them from those of the server behind a proxy. */
export const statePrefix = 'healflow1.';
