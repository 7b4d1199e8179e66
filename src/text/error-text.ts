/** Stands in for the message of a thrown value that has none. */
export const noError = 'a value that is not an Error was thrown';

/** The message of an error; anything can be thrown. */
export const messageOf = (error: unknown, otherwise: string = noError): string =>
  error instanceof Error ? error.message : otherwise;

/** The message of an error; its innermost cause says most, as with `fetch failed`. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const cause = error.cause instanceof Error ? `: ${errorText(error.cause)}` : '';
  // An AggregateError of several refused addresses has an empty message.
  return `${error.message || code || error.name}${cause}`;
};
