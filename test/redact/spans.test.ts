import { describe, expect, it } from 'vitest';
import { maskSpans, type Span } from '../../src/redact/spans.ts';

const span = (start: number, end: number, kind = ''): Span => ({ start, end, kind });

describe('spans', () => {
  it.each<[string, Span[], string]>([
    ['that touch become one mask, which names no kind', [span(2, 4, 'jwt'), span(4, 6, 'aws')], '01[redacted]6789'],
    ['that overlap become one mask, which names no kind', [span(2, 5, 'jwt'), span(4, 6, 'aws')], '01[redacted]6789'],
    ['that touch become one mask in any order', [span(4, 6), span(2, 4)], '01[redacted]6789'],
    ['one character apart stay two', [span(2, 4, 'jwt'), span(5, 6, 'aws')], '01[redacted:jwt]4[redacted:aws]6789'],
    ['within a wider one leave it its kind', [span(2, 8, 'jwt'), span(3, 5, 'aws')], '01[redacted:jwt]89'],
    ['that end with a wider one leave it its kind', [span(2, 8, 'jwt'), span(4, 8, 'aws')], '01[redacted:jwt]89'],
    ['within a wider one leave it its end', [span(2, 8), span(3, 5), span(6, 9)], '01[redacted]9'],
    ['that begin together reach as far as the longest', [span(2, 4), span(2, 8, 'jwt')], '01[redacted:jwt]89'],
    ['that are the same take the kind that is known', [span(2, 8), span(2, 8, 'jwt')], '01[redacted:jwt]89'],
    ['that begin together do not name the kind of a part', [span(2, 8), span(2, 4, 'jwt')], '01[redacted]89'],
    ['that end together do not name the kind of a part', [span(2, 8), span(4, 8, 'jwt')], '01[redacted]89'],
    ['at both ends of a text leave the middle', [span(0, 2), span(8, 10)], '[redacted]234567[redacted]'],
  ])('%s', (_, spans, masked) => {
    expect(maskSpans('0123456789', spans)).toBe(masked);
  });

  it('that cover a mask exactly leave it as it is', () => {
    expect(maskSpans('a [redacted:jwt] b', [span(2, 16)])).toBe('a [redacted:jwt] b');
    expect(maskSpans('a [redacted:jwt] b', [span(2, 18)])).toBe('a [redacted]');
  });
});
