import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asLine, LineSplitter, type OversizeLine, withoutLineEnd } from '../../../src/mcp/jsonrpc/lines.ts';

fc.configureGlobal({ seed: 20_260_204 });

const split = (chunks: readonly Buffer[], maxBytes = 1 << 20): { lines: Buffer[]; oversize: OversizeLine[] } => {
  const lines: Buffer[] = [];
  const oversize: OversizeLine[] = [];
  const splitter = new LineSplitter(maxBytes, {
    line: (bytes) => lines.push(Buffer.from(bytes)),
    oversize: (line) => oversize.push(line),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, oversize };
};

const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
};

describe('LineSplitter', () => {
  it('gives the same lines wherever the chunks are cut, and loses and changes no byte', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', '{"id":1}', 'ü€😀', '\0', ' '),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat()), (pieces, places) => {
        const bytes = Buffer.from(pieces.join(''), 'utf8');
        const whole = split([bytes]).lines;
        expect(split(cutAt(bytes, places)).lines).toEqual(whole);
        expect(split([...bytes].map((byte) => Buffer.from([byte]))).lines).toEqual(whole);
        expect(Buffer.concat(whole)).toEqual(bytes);
        for (const line of whole.slice(0, -1)) expect(line.indexOf(0x0a)).toBe(line.length - 1);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('passes on what follows the last line end', () => {
    expect(split([Buffer.from('a\nb')]).lines.map(String)).toEqual(['a\n', 'b']);
  });

  it('drops a line longer than the limit, reports its length and both ends, and continues with the next line', () => {
    const long = `{"id":7,${'x'.repeat(5_000)},"end":1}`;
    const { lines, oversize } = split([Buffer.from(`a\n${long}\nb\n`)], 100);
    expect(lines.map(String)).toEqual(['a\n', 'b\n']);
    expect(oversize).toHaveLength(1);
    expect(oversize[0]?.length).toBe(long.length + 1);
    expect(oversize[0]?.head.toString()).toMatch(/^\{"id":7,x/);
    expect(`${oversize[0]?.head}${oversize[0]?.tail}`).toMatch(/"end":1\}\n$/);
  });

  it('finds the same lines too long wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40)), fc.array(fc.nat()), (lengths, places) => {
        const bytes = Buffer.from(lengths.map((length) => `${'x'.repeat(length)}\n`).join(''));
        const whole = split([bytes], 20);
        const cut = split(cutAt(bytes, places), 20);
        expect(cut.lines).toEqual(whole.lines);
        expect(cut.oversize.map(({ length }) => length)).toEqual(whole.oversize.map(({ length }) => length));
        expect(whole.lines).toHaveLength(lengths.filter((length) => length + 1 <= 20).length);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('holds no more than the two ends of an endless line', () => {
    let seen: OversizeLine | undefined;
    const splitter = new LineSplitter(1_000, {
      line: () => expect.unreachable(),
      oversize: (line) => {
        seen = line;
      },
    });
    const chunk = Buffer.alloc(65_536, 'x');
    for (let count = 0; count < 2_000; count += 1) splitter.push(chunk);
    splitter.end();
    expect(seen?.length).toBe(2_000 * 65_536);
    expect(seen?.head.length).toBeLessThanOrEqual(65_536);
    expect(seen?.tail.length).toBeLessThanOrEqual(4_096);
  });
});

describe('a line', () => {
  const linesOf = (chunks: readonly Buffer[], maxBytes: number): Buffer[] => {
    const lines: Buffer[] = [];
    const splitter = new LineSplitter(maxBytes, { line: (bytes) => lines.push(bytes), oversize: () => {} });
    for (const chunk of chunks) splitter.push(chunk);
    return lines;
  };

  it('that is whole in its chunk is not copied, up to the longest that is allowed', () => {
    const chunk = Buffer.from('12\n345\n');
    for (const line of linesOf([chunk], 4)) expect(line.buffer).toBe(chunk.buffer);
    const starts = linesOf([chunk], 4).map(({ byteOffset }) => byteOffset - chunk.byteOffset);
    expect(starts).toEqual([0, 3]);
  });

  it('that came in several chunks stays as it is, whatever becomes of the chunks', () => {
    const chunks = ['a', 'b'.repeat(1_500), 'c'.repeat(3_000), '\nd'].map((text) => Buffer.from(text));
    const splitter = linesOf(chunks, 10_000);
    for (const chunk of chunks) chunk.fill('!');
    expect(splitter.map(String)).toEqual([`a${'b'.repeat(1_500)}${'c'.repeat(3_000)}\n`]);
  });
});

describe('asLine', () => {
  it.each([
    ['{"a":1}', '{"a":1}\n'],
    ['{"a":1}\r\n', '{"a":1}\n'],
    ['{\r\n"a":\n1,\r"b"\n\n:2}\n\n', '{  "a": 1, "b"  :2}\n'],
    ['\n{}', ' {}\n'],
    ['', '\n'],
    ['\n', '\n'],
  ])('makes one line of %j', (text, line) => {
    const bytes = Buffer.from(text);
    expect(asLine(bytes).toString()).toBe(line);
    expect(bytes.toString()).toBe(text);
  });
});

describe('withoutLineEnd', () => {
  it.each([
    ['a\r\n', 'a'],
    ['\na\n\n', '\na'],
    ['a\r', 'a'],
    ['\n', ''],
    ['', ''],
    ['a ', 'a '],
  ])('of %j is %j', (text, rest) => {
    expect(withoutLineEnd(Buffer.from(text)).toString()).toBe(rest);
  });
});

describe('what is held of a line', () => {
  it('is what came of it so far, and nothing of one that is too long', () => {
    const splitter = new LineSplitter(10, { line: () => {}, oversize: () => {} });
    expect(splitter.rest.toString()).toBe('');
    splitter.push(Buffer.from('a\nbc'));
    splitter.push(Buffer.from('d'));
    expect(splitter.rest.toString()).toBe('bcd');
    splitter.push(Buffer.from('0123456789'));
    expect(splitter.rest.toString()).toBe('');
    splitter.push(Buffer.from('\ne'));
    expect(splitter.rest.toString()).toBe('e');
  });

  it('may be as long as the limit, its line end included', () => {
    expect(split([Buffer.from('123\n1234\n')], 4).lines.map(String)).toEqual(['123\n']);
    expect(split([Buffer.from('12'), Buffer.from('3\n12'), Buffer.from('34\n')], 4).lines.map(String)).toEqual([
      '123\n',
    ]);
  });

  it('keeps exactly the first 64 KiB and the last 4 KiB of one that is too long', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `${index},`).join('');
    for (const size of [1_000, 65_536, 1 << 20]) {
      const bytes = Buffer.from(`${text}\n`);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const [line] = split(chunks, 10).oversize;
      expect(line?.head.equals(bytes.subarray(0, 65_536))).toBe(true);
      expect(line?.tail.equals(bytes.subarray(-4_096))).toBe(true);
    }
  });
});
