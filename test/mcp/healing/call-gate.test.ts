import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { singleTextOf } from '../../../src/mcp/healing/call-gate.ts';

const textOf = (result: string, before = '{"id":1,"result":', after = '}\n'): string | undefined =>
  singleTextOf(Buffer.from(before + result + after), {
    start: Buffer.byteLength(before),
    end: Buffer.byteLength(before + result),
  });

describe('the text of a plain result', () => {
  it('is found if the result contains nothing else', () => {
    expect(textOf('{"content":[{"type":"text","text":"pods €"}]}')).toBe('pods €');
    expect(textOf('{"content":[{"type":"text","text":""}],"isError":false}')).toBe('');
  });

  it.each([
    '{"content":[{"type":"text","text":"a\\nb"}]}',
    '{"content":[{"type":"text","text":"a\\"}]}"}]}',
    '{"content":[{"type":"text","text":"a"}],"isError":true}',
    '{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}',
    '{"content":[{"type":"text","text":"a"}],"structuredContent":{"error":"b"}}',
    '{"content":[{"type":"text","text":"a"}],"task":{}}',
    '{"content":[{"type":"text","text":"a"}]',
    '{"content":[{"type":"text","text":"a',
    '{ "content":[{"type":"text","text":"a"}]}',
    '{"content":[]}',
    '{}',
    'null',
  ])('is not extracted from %s', (result) => {
    expect(textOf(result)).toBeUndefined();
  });

  it('is the same as the parsed text', () => {
    const piece = fc.constantFrom(
      '{"content":[{"type":"text","text":"',
      '"}]}',
      ',"isError":false}',
      '"',
      '\\',
      'a',
      ']',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'grapheme-ascii' }))), (pieces) => {
        const result = `{"content":[{"type":"text","text":"${pieces.join('')}"}]}`;
        const text = textOf(result);
        // What JSON allows in no text passes unhealed either way.
        if (text === undefined || [...text].some((letter) => letter < ' ')) return;
        expect(JSON.parse(result).content).toEqual([{ type: 'text', text }]);
      }),
    );
  });
});
