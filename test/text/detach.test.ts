import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { detached } from '../../src/text/detach.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('a detached text', () => {
  it('is the same, or cut to the maximum', () => {
    expect([detached(''), detached('abc'), detached('abc', 3), detached('abcd', 3)]).toEqual(['', 'abc', 'abc', 'ab…']);
  });

  it('does not keep the text alive that it is a piece of', () => {
    const kept: string[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 20; at += 1) {
      const whole = JSON.parse(`"${String.fromCharCode(97 + at).repeat(1_000_000)}"`) as string;
      kept.push(detached(whole.slice(10, 60)), detached(whole, 60));
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
    expect(kept).toHaveLength(40);
  });
});
