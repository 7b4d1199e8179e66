import { describe, expect, it } from 'vitest';
import { parseProxyMode } from '../../src/cli/proxy-mode.ts';

describe('the options of healflow proxy', () => {
  it('accept a command or a URL, for one client or for many over HTTP', () => {
    expect(parseProxyMode(['node', 'x'], {})).toEqual({ command: ['node', 'x'], http: undefined });
    expect(parseProxyMode(['node'], { http: '8080' })).toEqual({
      command: ['node'],
      http: { port: 8_080, host: undefined },
    });
    expect(parseProxyMode([], { upstream: 'https://a.example/mcp' })).toEqual({
      url: 'https://a.example/mcp',
      http: undefined,
    });
    expect(parseProxyMode([], { upstream: 'http://a/mcp', http: '0', host: '::1' })).toEqual({
      url: 'http://a/mcp',
      http: { port: 0, host: '::1' },
    });
  });

  it.each([
    [[], {}, 'no server given'],
    [[''], {}, 'there is no command after --'],
    [['node'], { upstream: 'http://a/mcp' }, 'two servers given'],
    [['node'], { host: '0.0.0.0' }, '--host requires --http'],
    [['node'], { http: '80a' }, "'80a' is not a port"],
    [['node'], { http: '65536' }, "'65536' is not a port"],
    [[], { upstream: 'a/mcp' }, 'not a URL'],
    [[], { upstream: 'ftp://a/mcp' }, 'must start with http:// or https://'],
  ])('%j with %j are rejected, with the problem and the usage', (command, options, problem) => {
    const result = parseProxyMode(command, options);
    expect(result).toContain(problem);
    expect(result).toContain('\nUsage: healflow proxy ');
  });

  it('never show an invalid URL, which may contain a secret', () => {
    for (const upstream of ['user:dummy-secret@a', 'wss://user:dummy-secret@a/mcp']) {
      expect(parseProxyMode([], { upstream })).not.toContain('dummy-secret');
    }
  });
});
