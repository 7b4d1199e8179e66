import type { Readable } from 'node:stream';

/** Pauses all streams from a server while the client does not read. */
export class Backpressure {
  readonly #streams = new Set<Readable>();
  #isPaused = false;

  /** Pauses and resumes a stream with the others until it closes. */
  add(stream: Readable): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    if (this.#isPaused) stream.pause();
  }

  pause(): void {
    this.#isPaused = true;
    for (const stream of this.#streams) stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const stream of this.#streams) stream.resume();
  }
}
