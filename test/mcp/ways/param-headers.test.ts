import { describe, expect, it } from 'vitest';
import type { Json } from '../relay/relay-bench.ts';
import { Way, type WayName, ways } from './ways.ts';

const of = (schema: Json): Json => ({ type: 'object', properties: { a: schema } });
const mark = { 'x-mcp-header': 'A' };
const marked = of({ type: 'string', ...mark });

/** Input schemas of a tool: whether a client may call it over HTTP, and whether a server checks the header of `a`. */
const schemas: readonly (readonly [what: string, schema: Json, isCallable: boolean, isChecked: boolean])[] = [
  ['a string', marked, true, true],
  ['an integer', of({ type: 'integer', ...mark }), true, true],
  ['a boolean', of({ type: 'boolean', ...mark }), true, true],
  ['a number', of({ type: 'number', ...mark }), false, true],
  ['an object', of({ type: 'object', ...mark }), false, false],
  ['a name that is not a header name', of({ type: 'string', 'x-mcp-header': 'a b' }), false, false],
  [
    'two arguments',
    {
      ...of({ type: 'string', ...mark }),
      properties: { a: { type: 'string', ...mark }, b: { type: 'string', 'x-mcp-header': 'a' } },
    },
    false,
    false,
  ],
  [
    'the items of an array, beside a valid one',
    {
      ...marked,
      properties: {
        ...(marked.properties as Json),
        list: { type: 'array', items: { type: 'string', 'x-mcp-header': 'B' } },
      },
    },
    false,
    false,
  ],
  [
    'an alternative, beside a valid one',
    { ...marked, anyOf: [of({ type: 'string', 'x-mcp-header': 'B' })] },
    false,
    false,
  ],
  [
    'a definition, beside a valid one',
    { ...marked, $defs: { x: { type: 'string', 'x-mcp-header': 'B' } } },
    false,
    false,
  ],
];

const argumentFor = (schema: Json): unknown => {
  const { type } = (schema.properties as { a: { type: string } }).a;
  return type === 'string' ? 'here' : type === 'boolean' ? true : type === 'object' ? {} : 42;
};

/** Whether each way acts as a client or as a server of HTTP. One that is neither, or that passes HTTP on, does nothing. */
const roles: Readonly<Record<WayName, 'client' | 'server' | 'neither'>> = {
  'stdio to stdio': 'neither',
  'stdio to HTTP': 'client',
  'HTTP to stdio': 'server',
  'HTTP to HTTP': 'neither',
};

describe.each(ways)('x-mcp-header, from %s,', (name) => {
  it.each(schemas)('on %s', async (_what, inputSchema, isCallable, isChecked) => {
    await using way = await Way.start(name);
    const role = roles[name];
    way.results.set('tools/list', () => ({ tools: [{ name: 'pods', inputSchema }, { name: 'other' }] }));
    const { message } = await way.request({ method: 'tools/list', generation: 'stateless' });
    const { tools } = message.result as { tools: { name: string }[] };
    expect(tools.map((tool) => tool.name)).toEqual(role === 'client' && !isCallable ? ['other'] : ['pods', 'other']);
    const a = argumentFor(inputSchema);
    const call = await way.call('pods', { a }, { generation: 'stateless', headers: { 'mcp-param-a': 'wrong' } });
    const isRefused = role === 'server' && isChecked;
    if (way.isHttpClient) expect(call.http?.status).toBe(isRefused ? 400 : 200);
    expect((call.message.error as { code: number } | undefined)?.code).toBe(isRefused ? -32020 : undefined);
    const sent = way.received('tools/call')[0]?.headers?.['mcp-param-a'];
    if (role === 'client') expect(sent).toBe(isCallable ? String(a) : undefined);
    if (name === 'HTTP to HTTP') expect(sent).toBe('wrong');
  });
});
