import { expect, it } from 'vitest';
import { succeeded } from '../relay/scripted-healer.ts';
import { Way, ways } from './ways.ts';

const encoded = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

// On stdio there are no headers: the name arrives in the params alone.
it.each(
  ways.flatMap((way) => ['login', 'größe', '登录', ' padded ', '=?base64?eA==?='].map((tool) => [way, tool] as const)),
)('Mcp-Name of a request of its own, from %s, is %j as a header value', async (name, tool) => {
  await using way = await Way.start(name);
  await way.call('warm up', {}, { generation: 'stateless' });
  let isFixed = false;
  way.results.set('tools/call', ({ name: called }) => ({
    content: [{ type: 'text', text: 'Unauthorized' }],
    isError: called !== tool && !isFixed,
  }));
  if (way.healer !== undefined)
    Object.assign(way.healer, {
      attempts: 2,
      fix: async () => {
        await way.control?.callTool?.(tool, {}, AbortSignal.timeout(5_000));
        isFixed = true;
        return succeeded();
      },
    });
  await way.call('pods', {}, { generation: 'stateless' });
  const own = way.received('tools/call').find(({ params }) => params.name === tool);
  expect(own?.params.name).toBe(tool);
  if (own?.headers === undefined) return;
  expect([own.headers['mcp-method'], own.headers['mcp-name']]).toEqual([
    'tools/call',
    tool === 'login' ? tool : encoded(tool),
  ]);
});
