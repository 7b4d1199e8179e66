import { describe, expect, it } from 'vitest';
import { BatchEdit } from '../../../src/mcp/jsonrpc/batch.ts';
import { keyOf, readMessage } from '../../../src/mcp/jsonrpc/message.ts';

const kindOf = (text: string): string => readMessage(Buffer.from(text)).kind;

describe('readMessage', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}', 'request'],
    ['  {"method":"ping","id":"a"}\r\n', 'request'],
    ['{"jsonrpc":"2.0","method":"notifications/initialized"}', 'notification'],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 'response'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}', 'response'],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 'batch'],
    ['{"jsonrpc":"2.0","id":null,"error":{}}', 'other'],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 'other'],
    ['{"id":1,"id":2,"method":"ping"}', 'other'],
    ['{"id":1,"result":{},"error":{}}', 'other'],
    ['{"id":1,"result":{}} trailing', 'other'],
    ['{"id":{"a":1},"result":{}}', 'other'],
    ['{"id":1,"method":5}', 'other'],
    ['Server listening on stdio', 'other'],
    ['', 'other'],
    ['\n', 'other'],
    ['"text"', 'other'],
  ])('takes %j for a %s', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  it('reads escaped method names', () => {
    expect(readMessage(Buffer.from('{"method":"tools\\/call","id":1}')).method).toBe('tools/call');
  });

  it('survives a method name with broken escapes', () => {
    expect(kindOf('{"method":"tools\\x","id":1}')).toBe('other');
  });
});

describe('keyOf', () => {
  it.each([
    ['1', '1.0', true],
    ['1', '"1"', false],
    ['"a"', '"\\u0061"', true],
    ['9007199254740993', '9007199254740992', false],
    ['100', '1e2', true],
  ])('of %s and %s are equal: %s', (one, other, equal) => {
    expect(keyOf(one) === keyOf(other)).toBe(equal);
  });

  it.each(['null', 'true', '{}', '[]', ''])('is empty for %j, which is no id', (raw) => {
    expect(keyOf(raw)).toBe('');
  });
});

describe('a batch', () => {
  it('reads the messages of a batch, and none of half a one', () => {
    const read = (text: string): string[] => new BatchEdit(Buffer.from(text), () => {}).parts.map(({ kind }) => kind);
    expect(read('[{"id":1,"method":"a"}, 5 ,{"id":1,"result":1}]')).toEqual(['request', 'other', 'response']);
    expect(read('[{"id":1,"method":"a"},')).toEqual([]);
  });
});
