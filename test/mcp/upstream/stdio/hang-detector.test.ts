import { describe, expect, it } from 'vitest';
import { HangDetector, type Liveness } from '../../../../src/mcp/upstream/stdio/hang-detector.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** A server in the hands of the test, watched with `hangMs: 1000`. */
class Bench {
  readonly clock = new FakeClock();
  readonly hung: number[] = [];
  asked = 0;
  heard = 0;
  listens = true;
  waits = true;
  /** What the server answers to a question; undefined if it says nothing. */
  answer: Liveness | undefined;
  readonly watch: HangDetector;
  #answerLate: (answer: Liveness) => void = () => {};

  constructor(answer?: Liveness) {
    this.answer = answer;
    this.watch = new HangDetector({
      clock: this.clock,
      hangMs: 1_000,
      messagesReceived: () => this.heard,
      listens: () => this.listens,
      waits: () => this.waits,
      ask: () => this.#ask(),
      hung: (ms) => this.hung.push(ms),
    });
    this.watch.sent();
  }

  answerLate(answer: Liveness): void {
    this.heard += 1;
    this.#answerLate(answer);
  }

  #ask(): Promise<Liveness> {
    this.asked += 1;
    if (this.answer !== undefined) {
      this.heard += 1;
      return Promise.resolve(this.answer);
    }
    return new Promise((resolve) => {
      this.#answerLate = resolve;
    });
  }
}

describe('a server that is asked for something', () => {
  it('is looked at once in a time, though each question of the watch is itself something that is sent', async () => {
    const clock = new FakeClock();
    const hung: number[] = [];
    let heard = 0;
    const watch: HangDetector = new HangDetector({
      clock,
      hangMs: 1_000,
      messagesReceived: () => heard,
      listens: () => true,
      waits: () => true,
      ask: async () => {
        watch.sent();
        return 'answers';
      },
      hung: (ms) => hung.push(ms),
    });
    watch.sent();
    for (let at = 0; at < 40; at += 1) {
      await clock.advance(250);
      heard += 1;
      expect(clock.pending).toBe(1);
    }
    expect(hung).toEqual([]);
  });

  it('is hung when it has answered while it worked, and then neither speaks nor answers for hangMs', async () => {
    const bench = new Bench('answers_meanwhile');
    await bench.clock.advance(500);
    bench.answer = undefined;
    await bench.clock.advance(999);
    expect(bench.hung).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.hung).toEqual([1_000]);
  });

  it('may take five times as long where it has only answered when it had nothing else to do', async () => {
    const bench = new Bench('answers');
    await bench.clock.advance(500);
    bench.answer = undefined;
    await bench.clock.advance(4_999);
    expect(bench.hung).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.hung).toEqual([5_000]);
  });

  it('is left alone for ever where it is slow but answers', async () => {
    const bench = new Bench('answers_meanwhile');
    await bench.clock.advance(100_000);
    expect(bench.hung).toEqual([]);
    expect(bench.asked).toBeGreaterThan(100);
  });

  it('is left alone for ever where it has never answered such a question, which is then asked but once', async () => {
    const bench = new Bench();
    await bench.clock.advance(100_000);
    expect([bench.hung, bench.asked]).toEqual([[], 1]);
  });

  it('is left alone where it says anything at all, though it leaves the question open', async () => {
    const bench = new Bench('answers_meanwhile');
    await bench.clock.advance(500);
    bench.answer = undefined;
    for (let round = 0; round < 100; round += 1) {
      await bench.clock.advance(900);
      bench.heard += 1;
    }
    expect(bench.hung).toEqual([]);
  });

  it('is left alone while it cannot be heard', async () => {
    const bench = new Bench('answers_meanwhile');
    await bench.clock.advance(500);
    bench.answer = undefined;
    bench.listens = false;
    await bench.clock.advance(100_000);
    expect(bench.hung).toEqual([]);
  });

  it('has as much time again after an answer that came late', async () => {
    const bench = new Bench();
    await bench.clock.advance(3_000);
    bench.answerLate('answers');
    await bench.clock.advance(5_000);
    expect(bench.hung).toEqual([]);
  });

  it('is asked once, so that it is known, and then not as long as it says what it is asked for', async () => {
    const bench = new Bench('answers');
    for (let round = 0; round < 100; round += 1) {
      bench.heard += 1;
      await bench.clock.advance(250);
    }
    expect(bench.asked).toBe(1);
  });

  it('is not looked at while nothing is expected of it, nor after the end', async () => {
    const bench = new Bench('answers');
    await bench.clock.advance(250);
    bench.waits = false;
    await bench.clock.advance(250);
    expect(bench.clock.pending).toBe(0);
    bench.watch.sent();
    expect(bench.clock.pending).toBe(1);
    bench.watch.end();
    bench.watch.sent();
    expect(bench.clock.pending).toBe(0);
  });
});
