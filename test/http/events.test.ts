import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReader, formatEvent, type ServerEvent, writeEvent } from '../../src/http/events.ts';

fc.configureGlobal({ seed: 20_260_204 });

interface Read {
  events: ServerEvent[];
  overflow: { bytes: string; isLast: boolean }[];
  rest: string;
}

const readAll = (chunks: readonly Buffer[], maxBytes = 10_000): Read => {
  const read: Read = { events: [], overflow: [], rest: '' };
  const reader = new EventReader(maxBytes, {
    event: (event) => read.events.push(event),
    overflow: (piece, isLast) => read.overflow.push({ bytes: piece.toString('latin1'), isLast }),
  });
  for (const chunk of chunks) reader.push(chunk);
  read.rest = reader.end().toString('latin1');
  return read;
};

const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

const partsOf = ({ events }: Read): unknown[] =>
  events
    .filter(({ data, retry }) => data !== undefined || retry !== undefined)
    .map(({ id, event, data, retry }) => [id, event, data, retry]);

describe('a stream of events', () => {
  const blocks = [
    'id: 1\nevent: message\ndata: {"a":"ü€😀"}\n\n',
    ': a comment\n\n',
    'retry: 250\nid: 2\ndata: \n\n',
    'data: one\ndata: two\n\n',
    '\n',
    'data:x\n\n',
  ];
  const meant = [
    ['1', 'message', '{"a":"ü€😀"}', undefined],
    ['2', undefined, '', 250],
    [undefined, undefined, 'one\ntwo', undefined],
    [undefined, undefined, 'x', undefined],
  ];

  it('reads the same whatever ends its lines and wherever its chunks end, and its bytes are all there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (lineEnd, sizes, hasMark) => {
          const text = `${hasMark ? '\ufeff' : ''}${blocks.join('').replaceAll('\n', lineEnd)}data: half`;
          const bytes = Buffer.from(text);
          const read = readAll(cut(bytes, sizes));
          expect(partsOf(read)).toEqual(meant);
          const raw = read.events.map((event) => event.raw.toString('latin1')).join('');
          expect(raw + read.rest).toBe(bytes.toString('latin1'));
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('passes an event longer than the limit in pieces, and continues after it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
        const long = `data: ${'x'.repeat(500)}\ndata: y\n\n`;
        const read = readAll(cut(Buffer.from(`data: a\n\n${long}data: b\n\n`), sizes), 100);
        expect(read.events.map(({ data }) => data)).toEqual(['a', 'b']);
        expect(read.overflow.map(({ bytes }) => bytes).join('')).toBe(long);
        expect(read.overflow.map(({ isLast }) => isLast).indexOf(true)).toBe(read.overflow.length - 1);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('takes no id from an event that came before', () => {
    expect(partsOf(readAll([Buffer.from('id: 1\ndata: a\n\ndata: b\n\n')]))).toEqual([
      ['1', undefined, 'a', undefined],
      [undefined, undefined, 'b', undefined],
    ]);
  });
});

describe('a written event', () => {
  it('is read back as it was, with line ends in its data', () => {
    const parts = { id: '7', event: 'message', data: '{"a":\n1}', retry: 10 };
    expect(readAll([Buffer.from(formatEvent(parts))]).events[0]).toMatchObject(parts);
    expect(formatEvent({ data: '' })).toBe('data: \n\n');
  });

  it('tells a writer when it should wait', () => {
    const out = new PassThrough({ highWaterMark: 10 });
    expect(writeEvent(out, { data: 'x' })).toBe(true);
    expect(writeEvent(out, { data: 'x'.repeat(100) })).toBe(false);
  });
});
