/**
 * The begin of a text, in a copy of its own. V8 lets a piece of a text keep the whole of it: a matched piece that is kept
 * would keep the tool's output, thousands of times.
 */
export const detached = (text: string, max: number): string =>
  // A text that is put together is written anew when it is cut.
  text.length > max ? `${` ${text.slice(0, max - 1)}`.slice(1)}…` : ` ${text}`.slice(1);
