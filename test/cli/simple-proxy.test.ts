import { describe, expect, it } from 'vitest';
import { parseSimpleProxy } from '../../src/cli/simple-proxy.ts';

describe('the simple form of the proxy command', () => {
  it('is a command with options before it', () => {
    expect(parseSimpleProxy(['proxy', '--', 'server'])).toEqual({ command: ['server'], options: {} });
    expect(
      parseSimpleProxy(['proxy', '--memory', 'm', '--config', 'c.yaml', '--', 'a', '--config', 'b', '--', '-c']),
    ).toEqual({ command: ['a', '--config', 'b', '--', '-c'], options: { memory: 'm', config: 'c.yaml' } });
  });

  it.each([
    [[]],
    [['check']],
    [['check', '--', 'proxy']],
    [['proxy']],
    [['proxy', '--']],
    [['proxy', 'server']],
    [['proxy', '--config', '--', 'server']],
    [['proxy', '--config', '--memory', '--', 'server']],
    [['proxy', '--config=c.yaml', '--', 'server']],
    [['proxy', '--config', 'a', '--config', 'b', '--', 'server']],
    [['proxy', '--http', '0', '--', 'server']],
    [['proxy', '--inspect', '--', 'server']],
    [['proxy', '--help', 'me', '--', 'server']],
  ])('is not %j', (words) => {
    expect(parseSimpleProxy(words)).toBeUndefined();
  });
});
