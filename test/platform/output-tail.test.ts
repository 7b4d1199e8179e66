import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputTail } from '../../src/platform/output-tail.ts';

fc.configureGlobal({ seed: 20_260_204 });

const tailOf = (limitBytes: number, ...chunks: string[]): OutputTail => {
  const tail = new OutputTail(limitBytes);
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  return tail;
};

describe('the tail of an output', () => {
  it('is the whole output where that is no more than the limit', () => {
    const tail = tailOf(11, 'hello ', 'world');
    expect(tail.text).toBe('hello world');
    expect(tail.isTruncated).toBe(false);
  });

  it('leaves out what might be half a secret at its beginning', () => {
    expect(tailOf(14, 'token=dummy-secret\nlast line').text).toBe('[14 bytes left out]\nlast line');
    expect(tailOf(8, 'x'.repeat(100)).text).toBe('[92 bytes left out]');
  });

  it('keeps the last bytes whatever the chunks, and never more than a chunk beyond the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 64 }), (chunks, limitBytes) => {
        const whole = Buffer.from(chunks.join(''));
        const tail = tailOf(limitBytes, ...chunks);
        expect(tail.isTruncated).toBe(whole.length > limitBytes);
        const kept = whole.subarray(-limitBytes).toString('utf8');
        if (!tail.isTruncated) expect(tail.text).toBe(kept);
        else expect(tail.text.endsWith(/\s/.test(kept) ? kept.slice(kept.search(/\s/)) : 'left out]')).toBe(true);
      }),
    );
  });
});
