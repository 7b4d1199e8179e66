/** Longer JSON is data: error bodies are short. */
export const jsonLimit = 16_000;

/** Parses a text that is one JSON object or array of at most {@link jsonLimit} characters; undefined if it is not. */
export const parseJson = (text: string): object | undefined => {
  if (text.length > jsonLimit) return undefined;
  const trimmed = text.trim();
  const first = trimmed[0];
  const last = trimmed.at(-1);
  if (!((first === '{' && last === '}') || (first === '[' && last === ']'))) return undefined;
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
};
