import { describe, expect, it } from 'vitest';
import { LineSplitter, type OversizeLine } from '../../../src/mcp/jsonrpc/lines.ts';
import { type OversizeError, oversizeError } from '../../../src/mcp/jsonrpc/oversize.ts';

const cap = 1_024;

const substitute = (text: string): OversizeError | undefined => {
  let seen: OversizeLine | undefined;
  const splitter = new LineSplitter(cap, {
    line: () => expect.unreachable(),
    oversize: (line) => {
      seen = line;
    },
  });
  splitter.push(Buffer.from(`${text}\n`));
  if (seen === undefined) return expect.unreachable();
  return oversizeError(seen, cap);
};

describe.each([
  ['2 KB', 2_000],
  ['64 KB', 65_500],
  ['300 KB', 300_000],
])('oversizeError, of a message of %s,', (_name, length) => {
  const big = JSON.stringify({ text: `},"id":5}${'x'.repeat(length)},"id":6}` });

  it.each([
    ['a request with its id first', `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${big}}`, 'sender', '7'],
    [
      'a request with its id last',
      `{"method":"tools/call","params":${big},"jsonrpc":"2.0","id":"a\\"b"}`,
      'sender',
      '"a\\"b"',
    ],
    [
      'an answer with its id first',
      `{"jsonrpc":"2.0","id":123456789012345678901,"result":${big}}`,
      'receiver',
      '123456789012345678901',
    ],
    ['an answer with its id last', `{"result":${big}, "jsonrpc":"2.0" , "id" : 8 }`, 'receiver', '8'],
    ['an error', `{"error":${big},"id":8}`, 'receiver', '8'],
  ])('answers %s', (_title, text, to, rawId) => {
    const found = substitute(text);
    expect(found?.to).toBe(to);
    const answer = found?.bytes.toString() ?? '';
    expect(answer).toContain(`"id":${rawId},`);
    expect(JSON.parse(answer).error).toEqual({
      code: -32600,
      message: expect.stringMatching(
        /a message of \d+ bytes was refused, the limit is 1024 bytes \(proxy\.maxLineBytes\)/,
      ),
    });
  });

  it.each([
    ['a notification', `{"method":"notifications/message","params":${big}}`],
    ['noise', 'x'.repeat(length)],
    ['a message that ends nowhere', `{"method":"a","params":${big}`],
    ['an id that is null', `{"method":"tools/call","params":${big},"id":null}`],
  ])('has no answer for %s', (_title, text) => {
    expect(substitute(text)).toBeUndefined();
  });
});
