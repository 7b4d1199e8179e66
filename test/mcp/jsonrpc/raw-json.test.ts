import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eachMember,
  elementsAt,
  memberAt,
  parseSpan,
  skipWhitespace,
  splice,
} from '../../../src/mcp/jsonrpc/raw-json.ts';

fc.configureGlobal({ seed: 20_260_204 });

const membersOf = (text: string, at = 0): [string, string][] | undefined => {
  const bytes = Buffer.from(text);
  const members: [string, string][] = [];
  const end = eachMember(bytes, at, (key, { start, end: stop }) =>
    members.push([key, bytes.toString('utf8', start, stop)]),
  );
  return end === -1 ? undefined : members;
};

describe('eachMember', () => {
  it('finds the members that JSON.parse finds, whatever the white space', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t', '\r\n '),
        (value, indent) => {
          const object = Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__'));
          const found = membersOf(JSON.stringify(object, null, indent));
          expect(found?.map(([key, raw]) => [key, JSON.parse(raw)])).toEqual(
            Object.entries(JSON.parse(JSON.stringify(object))),
          );
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it('never throws and never runs on for ever, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[]",:\\ \n1au€'), { maxLength: 40 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        const end = eachMember(bytes, 0, () => {});
        expect(end).toBeLessThanOrEqual(bytes.length);
        elementsAt(bytes, 0);
        memberAt(bytes, 0, 'a');
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it('finds the end of long strings, whatever is escaped in them', () => {
    const text = fc.array(fc.constantFrom('x'.repeat(31), 'x', '"', '\\', '\n', '€'), { maxLength: 30 });
    fc.assert(
      fc.property(text, (pieces) => {
        const object = { [pieces.join('')]: [pieces.join('')], after: 1 };
        const found = membersOf(JSON.stringify(object));
        expect(found?.map(([key, raw]) => [key, JSON.parse(raw)])).toEqual(Object.entries(object));
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });

  it('keeps a number beyond 2^53 digit by digit', () => {
    expect(membersOf('{"id":90071992547409931234}')).toEqual([['id', '90071992547409931234']]);
  });

  it('reads escaped keys', () => {
    expect(membersOf('{"\\u0069d":1}')).toEqual([['id', '1']]);
  });

  it.each([
    '',
    '[]',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"x',
    '{"a":{}',
    '{a:1}',
    '{a":1}',
    '["a":1}',
    '"a":1}',
    '{"a":1,}',
    '{"a":}',
    '{"a" 1}',
    '{"a" 12}',
    '{"a",12}',
    '{"a":1 "b":2}',
    '{"a":"x";"b":2}',
    '{"a":["]}',
    '{"a":{"b":"}',
  ])('says that %j is no whole object', (text) => {
    expect(membersOf(text)).toBeUndefined();
    // Nor does a whole one before it count.
    expect(membersOf(`{}${text}`, 2)).toBeUndefined();
  });
});

describe('memberAt', () => {
  it('gives the last of several members of one name, as JSON.parse does', () => {
    const bytes = Buffer.from('{"a":1,"a":2}');
    expect(parseSpan(bytes, memberAt(bytes, 0, 'a'))).toBe(2);
  });

  it('gives nothing if no member has the name', () => {
    const bytes = Buffer.from('{"a":1,"b":{"c":2}}');
    expect(memberAt(bytes, 0, 'a')).toEqual({ start: 5, end: 6 });
    expect(memberAt(bytes, 0, 'c')).toBeUndefined();
  });
});

describe('splice', () => {
  it('changes the spans and nothing else', () => {
    const bytes = Buffer.from('0123456789');
    const edits = [
      { start: 8, end: 8, bytes: 'B' },
      { start: 2, end: 4, bytes: 'aaa' },
    ];
    expect(splice(bytes, edits).toString()).toBe('01aaa4567B89');
  });
});

describe('the names of members', () => {
  const usual = 'id jsonrpc method params result error name arguments _meta task progressToken content isError'.split(
    ' ',
  );

  it('are distinguished from those that differ in one letter or in length', () => {
    for (const name of usual) {
      const near = [...name].map((_, index) => `${name.slice(0, index)}~${name.slice(index + 1)}`);
      const names = [name, ...near, `${name}s`, name.slice(1), name.toUpperCase()];
      expect(membersOf(`{${names.map((each) => `"${each}":1`).join()}}`)?.map(([key]) => key)).toEqual(names);
    }
  });

  it('with a broken escape are read as they are written', () => {
    expect(membersOf('{"a\\x":1}')).toEqual([['a\\x', '1']]);
  });
});

describe('a string', () => {
  it.each([0, 1, 29, 30, 31, 32, 33, 34, 35, 64, 65, 66])(
    'of %d letters ends at its own quote, whatever is before it',
    (length) => {
      const filler = 'x'.repeat(length);
      for (const end of ['', '\\"', '\\\\', '\\\\\\"', '\\"\\"']) {
        const text = `{"a":"${filler}${end}","b":[{"c":"${filler}${end}]}"}]}`;
        expect(membersOf(text)?.map(([key, raw]) => [key, JSON.parse(raw)])).toEqual(Object.entries(JSON.parse(text)));
        expect(membersOf(`{"a":"${filler}${end}`)).toBeUndefined();
      }
    },
  );
});

describe('elementsAt', () => {
  const elements = (text: string, at = 0): string[] | undefined => {
    const bytes = Buffer.from(text);
    return elementsAt(bytes, skipWhitespace(bytes, at))?.map(({ start, end }) => bytes.toString('utf8', start, end));
  };

  it.each([
    ['[]', []],
    [' [ ]', []],
    ['[1]', ['1']],
    ['\t[ {"a":[1]} ,\r\n"]" , [] ]', ['{"a":[1]}', '"]"', '[]']],
  ])('finds those of %j', (text, found) => {
    expect(elements(text)).toEqual(found);
  });

  it.each(['', '{}', '{1]', '[', '[1', '[1,', '[1,]', '[1 2]', '[1 23]', '["a]', '[[1]', '[,]'])(
    'finds none in %j',
    (text) => {
      expect(elements(text)).toBeUndefined();
      expect(elements(`[]${text}`, 2)).toBeUndefined();
    },
  );
});

describe('an object', () => {
  it('ends right after its brace, wherever it begins', () => {
    for (const text of ['{}', '{ }', '{"a":1}', '{"a":{"b":[]} }']) {
      expect(eachMember(Buffer.from(`xx${text}yy`), 2, () => {})).toBe(2 + text.length);
    }
  });

  it.each(['"x', '12', '{"c":[1', '["x"'])('that breaks off in the value %s has been visited up to there', (value) => {
    const text = `{"a":1,"b":${value}`;
    expect(membersOf(text)).toBeUndefined();
    const seen: [string, number, number][] = [];
    eachMember(Buffer.from(text), 0, (key, { start, end }) => seen.push([key, start, end]));
    expect(seen).toEqual([
      ['a', 5, 6],
      ['b', 11, text.length],
    ]);
    expect(memberAt(Buffer.from(text), 0, 'a')).toBeUndefined();
  });
});

describe('parseSpan', () => {
  it('gives nothing for no span and for what is no JSON', () => {
    const bytes = Buffer.from('{"a":tru}');
    expect(parseSpan(bytes, undefined)).toBeUndefined();
    expect(parseSpan(bytes, { start: 5, end: 8 })).toBeUndefined();
    expect(parseSpan(bytes, { start: 1, end: 4 })).toBe('a');
  });
});
