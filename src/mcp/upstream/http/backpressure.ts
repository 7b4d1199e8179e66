import type { Readable } from 'node:stream';

/** The streams that come from a server, which all wait while the client does not read. */
export class Backpressure {
  readonly #streams = new Set<Readable>();
  #isPaused = false;

  /** Lets a stream flow with the others until it closes. */
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
