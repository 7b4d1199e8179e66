/**
 * A copy of a text, cut to `max` characters. V8 lets a piece of a text keep the whole of it alive: a piece that is kept
 * would keep a tool's output or a part of a file, thousands of times.
 */
export const detached = (text: string, max = Number.POSITIVE_INFINITY): string =>
  // V8 copies a text that is put together when it cuts it.
  text.length > max ? `${` ${text.slice(0, max - 1)}`.slice(1)}…` : ` ${text}`.slice(1);

const maxNames = 2_000;

/** Copies of names that occur again and again, each made once. */
export class DetachedNames {
  readonly #known = new Map<string, string>();

  of(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const copy = detached(name);
    if (this.#known.size < maxNames) this.#known.set(copy, copy);
    return copy;
  }
}
