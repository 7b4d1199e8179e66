import { describe, expect, it } from 'vitest';
import { BatchEdit } from '../../../src/mcp/jsonrpc/batch.ts';
import {
  copyMessage,
  isCompleteMessage,
  keyOf,
  rawIdOf,
  rawText,
  readMessage,
} from '../../../src/mcp/jsonrpc/message.ts';

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
    ['{"id":1,"method":"a","method":"b"}', 'other'],
    ['{"id":1,"method":"a","params":{},"params":{}}', 'other'],
    ['{"id":1,"result":1,"result":2}', 'other'],
    ['{"id":1,"error":1,"error":2}', 'other'],
    ['{"id":1,"result":{}', 'other'],
    ['{"id":1}', 'other'],
    ['{"result":{}}', 'other'],
    ['{"id":1,"result":{}} trailing', 'other'],
    ['{"id":{"a":1},"result":{}}', 'other'],
    ['{"id":1,"method":5}', 'other'],
    ['{"id":1,"method":5.25}', 'other'],
    ['{"id":"\\x","method":"m"}', 'other'],
    ['{"id":x","method":"m"}', 'other'],
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

  it('reads method names with control characters, which JSON does not allow', () => {
    expect(readMessage(Buffer.from('{"method":"a\tb","id":1}'))).toMatchObject({ kind: 'request', method: 'a\tb' });
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
    ['0', '0.0', true],
    ['0', '-0', true],
    ['-12', '-12.0', true],
    ['12', '-12', false],
    ['1', '1.5', false],
    ['999999999999999', '999999999999999.0', true],
  ])('of %s and %s are equal: %s', (one, other, equal) => {
    expect(keyOf(one) === keyOf(other)).toBe(equal);
  });

  it('is the id itself if it is a string with control characters, which JSON does not allow', () => {
    expect(keyOf('"a\tb"')).toBe('"a\tb"');
  });

  it.each(['null', 'true', '{}', '[]', '', '"\\x"', '1x', 'x"', '-'])('is empty for %j, which is no id', (raw) => {
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

describe('a message', () => {
  it('has its parts where they are in the bytes', () => {
    const text = ' {"id": 1.0 ,"method":"m","params":{"a":1},"other":2}\n';
    const message = readMessage(Buffer.from(text));
    expect(message).toMatchObject({ kind: 'request', key: '1', method: 'm', result: undefined, error: undefined });
    expect(rawIdOf(message)).toBe('1.0');
    expect(message.params && rawText(message.bytes, message.params)).toBe('{"a":1}');
  });

  it.each([
    ['{"id":1,"result":{"a":1}}', '{"a":1}', undefined],
    ['{"id":1,"error":{"code":1}}', undefined, '{"code":1}'],
  ])('has its result or its error where it is in the bytes: %s', (text, result, error) => {
    const message = readMessage(Buffer.from(text));
    expect(message.result && rawText(message.bytes, message.result)).toBe(result);
    expect(message.error && rawText(message.bytes, message.error)).toBe(error);
  });

  it('has an empty key if it has no id', () => {
    expect(readMessage(Buffer.from('{"method":"m"}'))).toMatchObject({ kind: 'notification', id: undefined, key: '' });
  });

  it.each(['noise', '[1]', '{"method":1}', '{"id":1,"id":2}'])('has no key and no method if it is %s', (text) => {
    expect(readMessage(Buffer.from(text))).toMatchObject({ key: '', method: '', params: undefined });
    expect(rawIdOf(readMessage(Buffer.from('{"method":"m"}')))).toBe('null');
  });

  it.each([
    ['{"id":1,"method":"m"}', true],
    ['[{"id":1,"method":"m"}]', true],
    ['[{"id":1,"method":"m"}', false],
    ['{"id":1,"method":"m"', false],
    ['noise', false],
  ])('is complete if it is read to its end: %s is %s', (text, isComplete) => {
    expect(isCompleteMessage(Buffer.from(text))).toBe(isComplete);
  });

  it('is copied as a line of its own, unless it fills its bytes anyway', () => {
    const message = readMessage(Buffer.from('{"id":1,"method":"m"}\n'));
    const copy = copyMessage(message);
    expect(copy).toEqual(message);
    expect(copy.bytes.buffer === message.bytes.buffer && copy.bytes.byteOffset === message.bytes.byteOffset).toBe(
      false,
    );
    const unended = readMessage(Buffer.from('{"id":1,"method":"m"}'));
    expect(copyMessage(unended)).toEqual({ ...unended, bytes: Buffer.from('{"id":1,"method":"m"}\n') });
    const filled = (length: number) => readMessage(Buffer.from(`{"id":1,"method":"m"}${' '.repeat(length - 22)}\n`));
    expect(copyMessage(filled(16_385)).bytes.length).toBe(16_385);
    const [small, large] = [filled(16_384), filled(16_385)];
    expect(copyMessage(large)).toBe(large);
    expect(copyMessage(small)).toEqual(small);
    expect(copyMessage(small)).not.toBe(small);
  });
});
