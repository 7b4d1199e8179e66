import { describe, expect, it } from 'vitest';
import { rawText, readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { CallProgress, progressTokenOf, readProgress, tokenText } from '../../../src/mcp/protocol/progress.ts';

const notification = (params: string) =>
  readMessage(Buffer.from(`{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}\n`));

const progressIn = (params: string) => {
  const found = readProgress(notification(params));
  if (found === undefined) return expect.unreachable();
  return found;
};

describe('readProgress', () => {
  it('finds the token, the value and the total', () => {
    const message = notification('{"progressToken":"t","progress":1.50,"total":3}');
    const progress = readProgress(message);
    expect(progress).toMatchObject({ value: 1.5, total: 3 });
    if (progress === undefined) return;
    expect(tokenText(message, progress)).toBe('"t"');
    expect(rawText(message.bytes, progress.valueSpan)).toBe('1.50');
  });

  it.each(['{"progressToken":"t","progress":1}', '{"progressToken":"t","progress":1,"total":"3"}'])(
    'knows no total in %s',
    (params) => {
      expect(progressIn(params).total).toBeUndefined();
    },
  );

  it.each([
    '{"progress":1,"total":3}',
    '{"progressToken":"t"}',
    '{"progressToken":"t","progress":"1"}',
    '{"progressToken":"t","progress":null}',
    '[]',
  ])('takes %s for something else', (params) => {
    expect(readProgress(notification(params))).toBeUndefined();
  });

  it('takes a notification without params for something else', () => {
    expect(readProgress(readMessage(Buffer.from('{"method":"notifications/progress"}')))).toBeUndefined();
  });
});

describe('progressTokenOf', () => {
  const tokenIn = (text: string): string | undefined => {
    const message = readMessage(Buffer.from(text));
    const token = progressTokenOf(message);
    return token && rawText(message.bytes, token);
  };

  it('finds the token as it is written', () => {
    expect(tokenIn('{"id":1,"method":"m","params":{"_meta":{"progressToken": 1.0}}}')).toBe('1.0');
  });

  it.each([
    '{"id":1,"method":"m"}',
    '{"id":1,"method":"m","params":{}}',
    '{"id":1,"method":"m","params":{"progressToken":1}}',
    '{"id":1,"method":"m","params":{"_meta":{}}}',
  ])('finds none in %s', (text) => {
    expect(tokenIn(text)).toBeUndefined();
  });
});

describe('the progress of a call', () => {
  const rewritten = (call: CallProgress, params: string) => {
    const message = notification(params);
    return JSON.parse(call.rewrite(message, progressIn(params)).toString()).params;
  };
  const reported = (call: CallProgress): number => JSON.parse(call.report('text').toString()).params.progress;

  it('goes on from what earlier attempts have reached, and so does its total', () => {
    const call = new CallProgress('"client"');
    call.seen(50);
    call.beginAttempt();
    expect(rewritten(call, '{"progressToken":"own","progress":10,"total":100,"message":"m"}')).toEqual({
      progressToken: 'client',
      progress: 60,
      total: 150,
      message: 'm',
    });
    call.beginAttempt();
    expect(rewritten(call, '{"progressToken":"own","progress":1}')).toEqual({ progressToken: 'client', progress: 61 });
  });

  it('never has a total below the value', () => {
    const call = new CallProgress('1');
    call.seen(50);
    expect(rewritten(call, '{"progressToken":"own","progress":3,"total":10}')).toEqual({
      progressToken: 1,
      progress: 50.001,
      total: 50.001,
    });
  });

  it('leaves a total alone that is no number', () => {
    const call = new CallProgress('1');
    expect(rewritten(call, '{"progressToken":"own","progress":3,"total":"many"}')).toMatchObject({ total: 'many' });
  });

  it('reaches the highest value that was seen, not the last', () => {
    const call = new CallProgress('1');
    call.seen(7);
    call.seen(5);
    call.beginAttempt();
    expect(rewritten(call, '{"progressToken":"own","progress":1}').progress).toBe(8);
  });

  it('may begin below zero', () => {
    const call = new CallProgress('1');
    call.seen(-5);
    expect(rewritten(call, '{"progressToken":"own","progress":-3}').progress).toBe(-3);
  });

  it('goes on from the highest value of an attempt that went backwards', () => {
    const call = new CallProgress('1');
    rewritten(call, '{"progressToken":"own","progress":9}');
    expect(rewritten(call, '{"progressToken":"own","progress":4}').progress).toBe(9.001);
    call.beginAttempt();
    expect(rewritten(call, '{"progressToken":"own","progress":1}').progress).toBeCloseTo(10.001, 9);
  });

  it('grows by a thousandth for each report of healflow’s own, without bringing the next attempt further', () => {
    const call = new CallProgress('"client"');
    expect(call.report('healing').toString()).toBe(
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"client","progress":0,"message":"healing"}}\n',
    );
    expect(reported(call)).toBe(0.001);
    call.beginAttempt();
    expect(rewritten(call, '{"progressToken":"own","progress":1}').progress).toBe(1);
    expect(reported(call)).toBe(1.001);
  });

  it.each([2 ** 60, -(2 ** 60)])('still grows from %d, which a thousandth does not change', (value) => {
    const call = new CallProgress('1');
    call.seen(value);
    const next = reported(call);
    expect(next).toBeGreaterThan(value);
    expect(next - value).toBeLessThan(2 ** 12);
  });

  it('adds a little to a value that has not grown', () => {
    const call = new CallProgress('1');
    rewritten(call, '{"progressToken":"own","progress":2}');
    expect(rewritten(call, '{"progressToken":"own","progress":2}').progress).toBe(2.001);
  });
});
