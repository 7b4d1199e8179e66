/** Keeps the last bytes of a stream of output, and counts the rest. */
export class OutputTail {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  #droppedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#keptBytes += chunk.length;
    while (this.#keptBytes - (this.#chunks[0]?.length ?? 0) >= this.#limitBytes) {
      const dropped = this.#chunks.shift()?.length ?? 0;
      this.#keptBytes -= dropped;
      this.#droppedBytes += dropped;
    }
  }

  /** Whether anything was dropped. */
  get isTruncated(): boolean {
    return this.#droppedBytes > 0 || this.#keptBytes > this.#limitBytes;
  }

  /** The bytes kept. If they begin in the middle of a word, that word is left out: it might be half a secret. */
  get text(): string {
    const kept = Buffer.concat(this.#chunks).subarray(-this.#limitBytes);
    const text = kept.toString('utf8');
    if (!this.isTruncated) return text;
    const start = text.search(/\s/);
    const droppedBytes = this.#droppedBytes + this.#keptBytes - kept.length;
    return `[${droppedBytes} bytes left out]${start === -1 ? '' : text.slice(start)}`;
  }
}
