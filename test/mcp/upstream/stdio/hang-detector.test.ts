import { describe, expect, it } from 'vitest';
import type { Liveness } from '../../../../src/mcp/relay/upstream-port.ts';
import { HangDetector } from '../../../../src/mcp/upstream/stdio/hang-detector.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** A scripted server with `hangMs: 1000`. */
class Bench {
  readonly clock = new FakeClock();
  readonly hangs: number[] = [];
  checks = 0;
  received = 0;
  isReading = true;
  hasOpen = true;
  /** The result of a check; undefined if the server does not respond. */
  liveness: Liveness | undefined;
  readonly detector: HangDetector;
  #resolveLate: (liveness: Liveness) => void = () => {};

  constructor(liveness?: Liveness) {
    this.liveness = liveness;
    this.detector = new HangDetector({
      clock: this.clock,
      hangMs: 1_000,
      messagesReceived: () => this.received,
      isReading: () => this.isReading,
      hasOpen: () => this.hasOpen,
      checkLiveness: () => this.#check(),
      onHang: (ms) => this.hangs.push(ms),
    });
    this.detector.sent();
  }

  respondLate(liveness: Liveness): void {
    this.received += 1;
    this.#resolveLate(liveness);
  }

  #check(): Promise<Liveness> {
    this.checks += 1;
    if (this.liveness !== undefined) {
      this.received += 1;
      return Promise.resolve(this.liveness);
    }
    return new Promise((resolve) => {
      this.#resolveLate = resolve;
    });
  }
}

describe('a server with an open request', () => {
  it('is checked one at a time, although each liveness check is itself a message that is sent', async () => {
    const clock = new FakeClock();
    const hangs: number[] = [];
    let received = 0;
    const detector: HangDetector = new HangDetector({
      clock,
      hangMs: 1_000,
      messagesReceived: () => received,
      isReading: () => true,
      hasOpen: () => true,
      checkLiveness: async () => {
        detector.sent();
        return 'responsive';
      },
      onHang: (ms) => hangs.push(ms),
    });
    detector.sent();
    for (let at = 0; at < 40; at += 1) {
      await clock.advance(250);
      received += 1;
      expect(clock.pending).toBe(1);
    }
    expect(hangs).toEqual([]);
  });

  it('hangs if it has responded while it worked, and then is silent for hangMs', async () => {
    const bench = new Bench('concurrent');
    await bench.clock.advance(500);
    bench.liveness = undefined;
    await bench.clock.advance(999);
    expect(bench.hangs).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.hangs).toEqual([1_000]);
  });

  it('may take five times as long if it has only responded while it had nothing else to do', async () => {
    const bench = new Bench('responsive');
    await bench.clock.advance(500);
    bench.liveness = undefined;
    await bench.clock.advance(4_999);
    expect(bench.hangs).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.hangs).toEqual([5_000]);
  });

  it('never hangs if it is slow but responds to checks', async () => {
    const bench = new Bench('concurrent');
    await bench.clock.advance(100_000);
    expect(bench.hangs).toEqual([]);
    expect(bench.checks).toBeGreaterThan(100);
  });

  it('never hangs if it has never responded to a check, which is then sent only once', async () => {
    const bench = new Bench();
    await bench.clock.advance(100_000);
    expect([bench.hangs, bench.checks]).toEqual([[], 1]);
  });

  it('does not hang if it sends anything at all, although the check stays open', async () => {
    const bench = new Bench('concurrent');
    await bench.clock.advance(500);
    bench.liveness = undefined;
    for (let round = 0; round < 100; round += 1) {
      await bench.clock.advance(900);
      bench.received += 1;
    }
    expect(bench.hangs).toEqual([]);
  });

  it('does not hang while nothing is read from it', async () => {
    const bench = new Bench('concurrent');
    await bench.clock.advance(500);
    bench.liveness = undefined;
    bench.isReading = false;
    await bench.clock.advance(100_000);
    expect(bench.hangs).toEqual([]);
  });

  it('has the same time again after a late response', async () => {
    const bench = new Bench();
    await bench.clock.advance(3_000);
    bench.respondLate('responsive');
    await bench.clock.advance(5_000);
    expect(bench.hangs).toEqual([]);
  });

  it('is checked once, so that its abilities are known, and then not as long as it responds', async () => {
    const bench = new Bench('responsive');
    for (let round = 0; round < 100; round += 1) {
      bench.received += 1;
      await bench.clock.advance(250);
    }
    expect(bench.checks).toBe(1);
  });

  it('is not checked while no request is open, nor after the end', async () => {
    const bench = new Bench('responsive');
    await bench.clock.advance(250);
    bench.hasOpen = false;
    await bench.clock.advance(250);
    expect(bench.clock.pending).toBe(0);
    bench.detector.sent();
    expect(bench.clock.pending).toBe(1);
    bench.detector.end();
    bench.detector.sent();
    expect(bench.clock.pending).toBe(0);
  });
});
