import { describe, expect, it } from 'vitest';
import { LineSplitter, type OversizeLine } from '../../../src/mcp/jsonrpc/lines.ts';
import { type OversizeError, oversizeError, rejectOversize } from '../../../src/mcp/jsonrpc/oversize.ts';

const cap = 1_024;

const oversizeLine = (text: string): OversizeLine => {
  const seen: OversizeLine[] = [];
  const splitter = new LineSplitter(cap, { line: () => expect.unreachable(), oversize: (line) => seen.push(line) });
  splitter.push(Buffer.from(text));
  splitter.end();
  return seen[0] ?? expect.unreachable();
};

const substitute = (text: string): OversizeError | undefined => oversizeError(oversizeLine(`${text}\n`), cap);

/** The id in the error that replaces a message, as it is written; undefined if there is no error. */
const idOf = (text: string): string | undefined => {
  const error = oversizeError(oversizeLine(text), cap);
  return error && /^\{"jsonrpc":"2\.0","id":(.*?),"error":/.exec(error.bytes.toString())?.[1];
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
      'a response with its id first',
      `{"jsonrpc":"2.0","id":123456789012345678901,"result":${big}}`,
      'receiver',
      '123456789012345678901',
    ],
    ['a response with its id last', `{"result":${big}, "jsonrpc":"2.0" , "id" : 8 }`, 'receiver', '8'],
    ['a response with members after its id', `{"result":${big},"id":8,"a":true,"jsonrpc":"2.0"}`, 'receiver', '8'],
    ['an error', `{"error":${big},"id":8}`, 'receiver', '8'],
  ])('makes an error for %s', (_title, text, to, rawId) => {
    const found = substitute(text);
    expect(found?.to).toBe(to);
    const response = found?.bytes.toString() ?? '';
    expect(response).toContain(`"id":${rawId},`);
    expect(JSON.parse(response).error).toEqual({
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
    ['a message of no kind', `{"id":7,"params":${big}}`],
    ['an id in a nested object', `{"method":"a","params":${big},"list":[{"b":1,"id":5},{"c":2}]}`],
  ])('has no error for %s', (_title, text) => {
    expect(substitute(text)).toBeUndefined();
  });
});

describe('the id in the error', () => {
  const headBytes = 65_536;
  /** A request whose id begins `bytes` bytes before the head of the line ends. */
  const withIdAtCut = (bytes: number, filler: number): string => {
    const start = `{"method":"a","p":"${'x'.repeat(headBytes)}`.slice(0, headBytes - bytes - '","id":'.length);
    return `${start}","id":123456,"q":"${'x'.repeat(filler)}"}`;
  };

  it.each([
    ['ends before the cut', 7, '123456'],
    ['ends at the cut', 6, undefined],
    ['is cut in two', 3, undefined],
    ['is after the cut', -10, undefined],
  ])('of a long message is only used if it is certainly whole: it %s', (_title, bytes, id) => {
    expect(idOf(withIdAtCut(bytes, 20_000))).toBe(id);
  });

  it.each([10, 3_000])(
    'is found wherever it is if nothing is missing between the two ends of the line (%d)',
    (filler) => {
      expect(idOf(withIdAtCut(3, filler))).toBe('123456');
    },
  );

  it('is not taken from what may be a part of a string', () => {
    const inString = (filler: number) => `{"method":"a","p":"${'x'.repeat(filler)}","id":5,"q":[1]}`;
    expect(idOf(inString(66_000))).toBe('5');
    expect(idOf(inString(100_000))).toBeUndefined();
  });

  it.each(['', '\n', '\r\n', ' \n'])('is found before the line end %j', (lineEnd) => {
    expect(idOf(`{"method":"a","p":"${'x'.repeat(100_000)}","id":5}${lineEnd}`)).toBe('5');
  });
});

describe('rejectOversize', () => {
  const reject = (text: string, from: 'client' | 'server') => {
    const logged: string[] = [];
    const line = oversizeLine(text);
    const error = rejectOversize(line, from, cap, (entry) => logged.push(entry));
    expect(error).toEqual(oversizeError(line, cap));
    return { error, logged };
  };
  const big = 'x'.repeat(2_000);

  it('refuses a message with an id, and logs who sent it and what the limit is', () => {
    const { error, logged } = reject(`{"id":1,"method":"a","p":"${big}"}`, 'client');
    expect(error?.to).toBe('sender');
    expect(logged).toEqual([
      'a message of 2028 bytes from the client was refused: the limit is 1024 bytes (proxy.maxLineBytes)',
    ]);
  });

  it('drops a message without an id, and logs that', () => {
    const { error, logged } = reject(`{"method":"a","p":"${big}"}`, 'server');
    expect(error).toBeUndefined();
    expect(logged).toEqual([
      'a message of 2021 bytes from the server was dropped: the limit is 1024 bytes (proxy.maxLineBytes)',
    ]);
  });
});
