/** Remembers the newest of many names: of the last `size` each, and of no more than twice as many. */
export class BoundedSet {
  readonly #size: number;
  #names = new Set<string>();
  #before: ReadonlySet<string> = new Set();

  constructor(size: number) {
    this.#size = size;
  }

  has(name: string): boolean {
    return this.#names.has(name) || this.#before.has(name);
  }

  add(name: string): void {
    this.#names.add(name);
    if (this.#names.size < this.#size) return;
    // All at once: a set from which the oldest is taken each time gets slow.
    this.#before = this.#names;
    this.#names = new Set();
  }
}
