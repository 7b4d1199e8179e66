/**
 * A copy of a text, cut to `max` characters. V8 lets a piece of a text keep the whole of it alive: a piece that is kept
 * would keep a tool's output or a part of a file, thousands of times.
 */
export const detached = (text: string, max = Number.POSITIVE_INFINITY): string =>
  // V8 copies a text that is put together when it cuts it.
  text.length > max ? `${` ${text.slice(0, max - 1)}`.slice(1)}…` : ` ${text}`.slice(1);
