import { describe, expect, it } from 'vitest';
import { BatchEdit, batchMessages, type HeldElement, passBatch } from '../../../src/mcp/jsonrpc/batch.ts';

const text = ' [ {"id":1,"result":1} ,\t{"id":2,"result":2},  {"id":3,"result":3} ] \r\n';

const edit = (bytes = text) => {
  const sent: string[] = [];
  const batch = new BatchEdit(Buffer.from(bytes), (whole) => sent.push(whole.toString()));
  const part = (index: number) => batch.parts[index] ?? expect.unreachable();
  return { batch, part, sent };
};

describe('a batch on its way', () => {
  it('passes byte for byte, once it has been looked through', () => {
    const { batch, sent } = edit();
    expect(batch.parts.map(({ key }) => key)).toEqual(['1', '2', '3']);
    expect(sent).toEqual([]);
    batch.end();
    expect(sent).toEqual([text]);
  });

  it.each([
    [[0], ' [ {"id":2,"result":2},{"id":3,"result":3} ] \r\n'],
    [[1], ' [ {"id":1,"result":1},{"id":3,"result":3} ] \r\n'],
    [[2], ' [ {"id":1,"result":1},{"id":2,"result":2} ] \r\n'],
    [[0, 1], ' [ {"id":3,"result":3} ] \r\n'],
  ])('goes on without the elements %j that were dropped', (dropped, expected) => {
    const { batch, part, sent } = edit();
    for (const index of dropped) batch.drop(part(index));
    batch.end();
    expect(sent).toEqual([expected]);
  });

  it('is not sent if nothing of it is left', () => {
    const { batch, part, sent } = edit();
    for (const index of [0, 1, 2]) batch.drop(part(index));
    batch.end();
    expect(sent).toEqual([]);
  });

  it('waits for all elements that are held, and puts their replacements in place', () => {
    const { batch, part, sent } = edit();
    const [first, third] = [batch.hold(part(0)), batch.hold(part(2))];
    batch.end();
    third.replace(Buffer.from('{"id":3,"result":"three"}\r\n'));
    third.release();
    expect(sent).toEqual([]);
    first.replace(Buffer.from('{"id":1}'));
    first.release();
    expect(sent).toEqual([' [ {"id":1} ,\t{"id":2,"result":2},  {"id":3,"result":"three"} ] \r\n']);
  });

  it('goes on without a held element that nothing was put in place of', () => {
    const { batch, part, sent } = edit();
    const [first, second] = [batch.hold(part(0)), batch.hold(part(1))];
    second.replace(Buffer.from('{"id":2,"result":"two"}\n'));
    first.release();
    second.release();
    expect(sent).toEqual([]);
    batch.end();
    expect(sent).toEqual([' [ {"id":2,"result":"two"},{"id":3,"result":3} ] \r\n']);
  });

  it('keeps an element that is held, though it is dropped later', () => {
    const { batch, part, sent } = edit();
    const held = batch.hold(part(1));
    held.replace(Buffer.from('2'));
    batch.drop(part(1));
    held.release();
    batch.end();
    expect(sent).toEqual([' [ {"id":1,"result":1} ,\t2,  {"id":3,"result":3} ] \r\n']);
  });

  it('takes the line end off what is put into it', () => {
    const { batch, part, sent } = edit('[1,2]');
    const [first, second] = [batch.hold(part(0)), batch.hold(part(1))];
    first.replace(Buffer.from('\n a\r \n\r'));
    second.replace(Buffer.from('\n'));
    first.release();
    second.release();
    batch.end();
    expect(sent).toEqual(['[\n a\r ,]']);
  });

  it.each(['{"id":1}', '[1', '', ' [1,]x'])('has no elements in %j, which is no whole array', (bytes) => {
    expect(edit(bytes).batch.parts).toEqual([]);
  });
});

describe('batchMessages', () => {
  it('reads each message of a batch', () => {
    expect(batchMessages(Buffer.from(text)).map(({ kind, key }) => [kind, key])).toEqual([
      ['response', '1'],
      ['response', '2'],
      ['response', '3'],
    ]);
    expect(batchMessages(Buffer.from('{"id":1,"result":1}'))).toEqual([]);
  });
});

describe('passBatch', () => {
  it('passes on the elements that are not taken, and waits for those that are held', () => {
    const sent: string[] = [];
    const seen: string[] = [];
    const held: HeldElement[] = [];
    passBatch(
      Buffer.from(text),
      ({ key }, hold) => {
        seen.push(key);
        if (key === '3') held.push(hold());
        return key !== '2';
      },
      (bytes) => sent.push(bytes.toString()),
    );
    expect(seen).toEqual(['1', '2', '3']);
    expect(sent).toEqual([]);
    held[0]?.replace(Buffer.from('{"id":3,"result":"three"}\n'));
    held[0]?.release();
    expect(sent).toEqual([' [ {"id":2,"result":2},{"id":3,"result":"three"} ] \r\n']);
  });

  it('passes on the whole batch if nothing is taken, and none if everything is taken', () => {
    for (const [taken, expected] of [
      [false, [text]],
      [true, []],
    ] as const) {
      const sent: string[] = [];
      passBatch(
        Buffer.from(text),
        () => taken,
        (bytes) => sent.push(bytes.toString()),
      );
      expect(sent).toEqual(expected);
    }
  });
});
