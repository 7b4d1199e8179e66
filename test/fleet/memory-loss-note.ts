import type { LossNote, LossRecord } from '../../src/fleet/loss-note.ts';

/** The note of one machine, in memory. */
export class MemoryLossNote implements LossNote {
  #loss: LossRecord | null = null;

  read(): LossRecord | null {
    return this.#loss;
  }

  async write(loss: LossRecord): Promise<void> {
    this.#loss = loss;
  }

  async clear(): Promise<void> {
    this.#loss = null;
  }
}
