/** A set that keeps at least the newest `size` names and at most twice that number. */
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
    // Drops half at once, because deleting the oldest entry each time is slow.
    this.#before = this.#names;
    this.#names = new Set();
  }
}
