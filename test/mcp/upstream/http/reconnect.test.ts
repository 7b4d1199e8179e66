import { describe, expect, it } from 'vitest';
import { ReconnectPacer } from '../../../../src/mcp/upstream/http/reconnect.ts';

const delays = (end: (pacer: ReconnectPacer) => void, count: number, retryMs?: number): number[] => {
  const pacer = new ReconnectPacer();
  return Array.from({ length: count }, () => {
    end(pacer);
    return Math.round(pacer.delayMs(retryMs));
  });
};

describe('the pauses before a stream is requested again', () => {
  it('grow to 30 s while the server ends each stream at once', () => {
    expect(delays((pacer) => pacer.ended(20, false), 12)).toEqual([
      1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 11_391, 17_086, 25_629, 30_000, 30_000, 30_000,
    ]);
  });

  it('grow too if the server asks for shorter ones', () => {
    expect(delays((pacer) => pacer.ended(20, false), 3, 100)).toEqual([1_000, 1_500, 2_250]);
    expect(delays((pacer) => pacer.ended(20, false), 3, 2_000)).toEqual([2_000, 2_000, 2_250]);
  });

  it('grow while the server refuses', () => {
    expect(delays((pacer) => pacer.ended(undefined, false), 3)).toEqual([1_000, 1_500, 2_250]);
  });

  it('are what the server asks for after a stream that has lived or has brought a message', () => {
    expect(delays((pacer) => pacer.ended(60_000, false), 2, 100)).toEqual([100, 100]);
    expect(delays((pacer) => pacer.ended(20, true), 2, 100)).toEqual([100, 100]);
    expect(delays((pacer) => pacer.ended(60_000, false), 2)).toEqual([1_000, 1_000]);
  });
});
