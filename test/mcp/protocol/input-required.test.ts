import { describe, expect, it } from 'vitest';
import { type Message, readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { callDigest, readReturned } from '../../../src/mcp/protocol/input-required.ts';

const request = (params: string): Message =>
  readMessage(Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}\n`));
const digest = (params: string): string | undefined => callDigest(request(params));
const call = (args: string): string => `{"name":"tool","arguments":${args}}`;

describe('the digest of a call', () => {
  it.each([
    ['{"a":1,"b":{"c":[1,2],"d":null}}', '{ "b" : {"d":null, "c":[1, 2]},\n"a":1.0 }'],
    ['{"a":"\\u0041\\n"}', '{"a":"A\\u000a"}'],
    ['{"\\u0061":1}', '{"a":1}'],
  ])('is the same for equal arguments: %s and %s', (one, other) => {
    expect(digest(call(one))).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(call(other))).toBe(digest(call(one)));
  });

  it.each([
    ['{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['{"a":1e400}', '{"a":1e401}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":[1,[2]]}', '{"a":[[1],2]}'],
    ['{"a":{}}', '{"a":[]}'],
    ['{"a":1}', '{"a":1,"b":null}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"a":"x","b":"y"}', '{"a":"x\\",\\"b\\":\\"y"}'],
    ['{}', '{"__proto__":{"a":1}}'],
  ])('is another one for other arguments: %s and %s', (one, other) => {
    expect(digest(call(one))).not.toBe(digest(call(other)));
  });

  it('is another one for another tool, and counts nothing else', () => {
    expect(digest('{"name":"other","arguments":{}}')).not.toBe(digest(call('{}')));
    expect(digest('{"name":"tool","_meta":{"progressToken":1},"requestState":"x"}')).toBe(digest(call('{}')));
  });

  it('does without arguments that are too large or too deep', () => {
    expect(digest(call(`{"a":"${'x'.repeat(300_000)}"}`))).toBeUndefined();
    expect(digest(call(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toBeUndefined();
    expect(digest(call(`{"a":${'['.repeat(90)}${']'.repeat(90)}}`))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the digest of a call that names something twice', () => {
  it.each([
    ['{"a":1,"a":2}', '{"a":2,"a":1}'],
    ['{"b":{"a":1,"\\u0061":1}}', '{"b":[{"a":1,"a":1}]}'],
  ])('does not exist: it depends on the reader what counts: %s and %s', (one, other) => {
    expect([digest(call(one)), digest(call(other))]).toEqual([undefined, undefined]);
  });

  it('does not exist for two names or arguments either', () => {
    expect(digest('{"name":"tool","name":"other","arguments":{}}')).toBeUndefined();
    expect(digest('{"name":"tool","arguments":{"a":1},"arguments":{}}')).toBeUndefined();
  });
});

describe('what a client comes back with', () => {
  const params = '{"name":"tool","arguments":{"a":9007199254740993},"_meta":{"x":1}';

  it('is taken out of the request, and nothing else is changed', () => {
    const back = readReturned(
      request(`${params},"requestState":"own.x","inputResponses":{"healflow_approval":{"action":"accept"}}}`),
      'own.',
    );
    expect(back).toMatchObject({ state: 'own.x', response: { action: 'accept' } });
    expect(back?.request.bytes.toString()).toBe(request(`${params}}`).bytes.toString());
  });

  it('is left to the server if the state is not of healflow', () => {
    expect(readReturned(request(`${params},"requestState":"other","inputResponses":{}}`), 'own.')).toBeUndefined();
    expect(readReturned(request(`${params},"requestState":7}`), 'own.')).toBeUndefined();
    expect(readReturned(request(`${params},"inputResponses":{}}`), 'own.')).toBeUndefined();
  });

  it.each(['', ',"inputResponses":{}', ',"inputResponses":{"other":{"action":"accept"}}', ',"inputResponses":[]'])(
    'is no response to the question without one: %s',
    (more) => {
      expect(readReturned(request(`${params},"requestState":"own.x"${more}}`), 'own.')?.response).toBeUndefined();
    },
  );
});
