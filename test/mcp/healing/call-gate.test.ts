import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallGate, singleTextOf } from '../../../src/mcp/healing/call-gate.ts';
import type { HealerPort } from '../../../src/mcp/healing/healer-port.ts';
import { readToolCall } from '../../../src/mcp/healing/tool-call.ts';
import { readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { FakeClock } from '../../support/fake-clock.ts';

fc.configureGlobal({ seed: 20_260_204 });

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

describe('a response that passes', () => {
  const passed = (hasOpenFailure: boolean, text: string, args: object = { id: 7 }) => {
    const counted: unknown[][] = [];
    const healer = {
      attempts: 2,
      hasOpenFailure: (tool: string) => tool === 'get' && hasOpenFailure,
      looksHealthy: (value: { isError?: boolean }) => value.isError !== true,
      countHealthy: (...args: unknown[]) => counted.push(args),
    } as unknown as HealerPort;
    const gate = new CallGate({ healer, clock: new FakeClock(), attemptTimeoutMs: undefined, deadlineMs: 45_000 });
    const request = Buffer.from(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","arguments":${JSON.stringify(args)}}}\n`,
    );
    const call = readToolCall(readMessage(request), 0);
    if (call === undefined) throw new Error('it is no call of a tool');
    const response = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } };
    expect(gate.passes(call, readMessage(Buffer.from(`${JSON.stringify(response)}\n`)))).toBe(true);
    return counted;
  };

  it.each(['ok', 'two\nlines'])(
    'is counted with the arguments of its call while one of its tool is open: %j',
    (text) => {
      expect(passed(true, text)).toEqual([['get', { id: 7 }]]);
    },
  );

  it.each(['ok', 'two\nlines'])('is counted without its arguments, which are not read, while none is: %j', (text) => {
    expect(passed(false, text)).toEqual([['get']]);
  });

  it('is counted without large arguments, which are not parsed', () => {
    expect(passed(true, 'ok', { text: 'x'.repeat(40_000) })).toEqual([['get', undefined]]);
  });
});
