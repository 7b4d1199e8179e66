import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { type OpenRequestEntry, OpenRequests } from '../../../src/mcp/relay/open-requests.ts';

const requestOf = (method: string): OpenRequestEntry => ({
  kind: 'request',
  request: readMessage(Buffer.from(JSON.stringify({ id: 1, method }))),
  rawId: '1',
  receivedAt: 0,
  isResent: false,
});
const own: OpenRequestEntry = { kind: 'internal', resolve: () => {}, reject: () => {} };

const open = (...requests: [key: string, expected: OpenRequestEntry][]): OpenRequests => {
  const book = new OpenRequests();
  for (const [key, expected] of requests) book.set(key, expected);
  return book;
};

const isSettled = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('open requests', () => {
  it('are those that will be answered, not the subscriptions', () => {
    const book = open(['1', requestOf('ping')], ['2', requestOf('subscriptions/listen')], ['3', own]);
    expect(book.openKeys()).toEqual(['1', '3']);
    expect(book.hasOpen).toBe(true);
    expect(book.delete('1')).toBe(true);
    expect(book.delete('1')).toBe(false);
    book.delete('3');
    expect(book.hasOpen).toBe(false);
    expect(book.size).toBe(1);
  });

  it('are all answered at once if there are none but subscriptions', async () => {
    expect(await isSettled(open(['2', requestOf('subscriptions/listen')]).allAnswered())).toBe(true);
  });

  it('are all answered when the last of them is, whatever came later', async () => {
    const book = open(['1', own], ['2', own]);
    const first = book.allAnswered();
    book.set('3', own);
    const second = book.allAnswered();
    book.delete('1');
    expect(await isSettled(first)).toBe(false);
    book.delete('2');
    expect(await isSettled(first)).toBe(true);
    expect(await isSettled(second)).toBe(false);
    book.delete('3');
    expect(await isSettled(second)).toBe(true);
  });
});

describe('a response with an id that was rounded', () => {
  const book = open(['1', own], ['"9007199254740993"', own], ['9007199254740993', own], ['12345678901234567890', own]);

  it.each([
    ['9007199254740992', '9007199254740993'],
    ['12345678901234567000', '12345678901234567890'],
    ['12345678901234567168', '12345678901234567890'],
  ])('of %s is for the request %s', (key, request) => {
    expect(book.findRounded(key)).toBe(request);
  });

  it.each(['1', '9007199254740991', '9007199254740996', '"9007199254740992"', '1234567890123456'])(
    'of %s is for none',
    (key) => {
      expect(book.findRounded(key)).toBeUndefined();
    },
  );

  it('of 16 digits may be rounded', () => {
    expect(open(['9007199254740993', own]).findRounded('9007199254740993')).toBe('9007199254740993');
  });
});

describe('the requests that a lost server leaves open', () => {
  const retry: OpenRequestEntry = { ...own, mayResend: () => Promise.resolve(true) };
  const entries: [key: string, entry: OpenRequestEntry][] = [
    ['sent', own],
    ['unsent', own],
    ['unsent request', requestOf('ping')],
    ['unsent retry', retry],
    ['withdrawn retry', retry],
    ['sent retry', retry],
  ];
  const unsent = new Set(['unsent', 'unsent request', 'unsent retry', 'withdrawn retry']);
  /** What is lost, as `key: code, message`, and the keys that stay open. */
  const lose = (willResend: boolean) => {
    const book = open(...entries);
    const lost = book.takeLost({ reason: 'has ended', unsent, willResend }, (key) => key === 'withdrawn retry');
    for (const { key, entry } of lost) expect(entry).toBe(new Map(entries).get(key));
    return { lost: lost.map(({ key, error }) => `${key}: ${error.code}, ${error.message}`), open: [...book.keys()] };
  };

  it('all fail if no server comes after it, and the error says which ones it never got', () => {
    expect(lose(false)).toEqual({
      lost: [
        'sent: UPSTREAM_DIED, the MCP server has ended before it answered',
        'unsent: UPSTREAM_DIED_UNSENT, the MCP server has ended',
        'unsent request: UPSTREAM_DIED_UNSENT, the MCP server has ended',
        'unsent retry: UPSTREAM_DIED_UNSENT, the MCP server has ended',
        'withdrawn retry: UPSTREAM_DIED_UNSENT, the MCP server has ended',
        'sent retry: UPSTREAM_DIED, the MCP server has ended before it answered',
      ],
      open: [],
    });
  });

  it('stay open for the next one if it never got them, apart from retries that can be withdrawn', () => {
    expect(lose(true)).toEqual({
      lost: [
        'sent: UPSTREAM_DIED, the MCP server has ended before it answered',
        'withdrawn retry: UPSTREAM_DIED_UNSENT, the MCP server has ended',
        'sent retry: UPSTREAM_DIED, the MCP server has ended before it answered',
      ],
      open: ['unsent', 'unsent request', 'unsent retry'],
    });
  });

  it('are withdrawn only if they are attempts of a tool call', () => {
    const book = open(...entries);
    const asked: string[] = [];
    const lost = book.takeLost({ reason: 'has ended', unsent, willResend: true }, (key) => {
      asked.push(key);
      return true;
    });
    expect(asked).toEqual(['unsent retry', 'withdrawn retry']);
    expect(lost.map(({ key }) => key)).toEqual(['sent', 'unsent retry', 'withdrawn retry', 'sent retry']);
  });
});

describe('the open calls', () => {
  it('are the first attempts, not other requests', () => {
    const call = { kind: 'call', call: { tool: 'get_pods' } } as unknown as OpenRequestEntry;
    expect(open(['1', requestOf('ping')], ['2', call], ['3', own]).calls).toEqual([call]);
  });
});
