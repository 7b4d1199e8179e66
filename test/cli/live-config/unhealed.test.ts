import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStats } from '../../../src/event-log/stats.ts';
import { initialize, type Proxied, world } from './world.ts';

/** What a client does: a call that succeeds, two failures, an unknown method. */
const converse = async (proxied: Proxied): Promise<string> => {
  await proxied.request(1, 'initialize', initialize);
  await proxied.request(2, 'tools/list');
  await proxied.request(3, 'tools/call', { name: 'pods', arguments: {} });
  await proxied.request(4, 'tools/call', { name: 'shut' });
  await proxied.request(5, 'resources/list');
  expect(await proxied.end()).toBe(0);
  return proxied.out();
};

const off = /healing is off: every call passes as it is/g;

describe('healflow proxy with an invalid configuration', () => {
  const invalid: [string, string | undefined, RegExp][] = [
    ['a value of the wrong type', 'attempts: many\n', /healflow\.yaml:1:11: /],
    ['a syntax error', 'fixes:\n\tkube_login: {}\n', /healflow\.yaml:2:1: a tab cannot indent YAML/],
    ['an unknown key', 'atempts: 3\n', /healflow\.yaml:1:1: /],
    ['a missing file', undefined, /healflow\.yaml does not exist/],
    ['a missing file of patterns', 'patternFiles: [none.yaml]\n', /healflow\.yaml:1:16: .*none\.yaml does not exist/],
  ];
  for (const [what, text, place] of invalid) {
    it(`passes the very bytes of the server with ${what}, and says so once`, async () => {
      const { proxy, direct } = world(text);
      const proxied = proxy();
      expect(await converse(proxied)).toBe(await converse(direct()));
      expect(proxied.err()).toMatch(place);
      expect(proxied.err().match(off)).toHaveLength(1);
    });
  }

  it('does the same with a folder in place of the file', async () => {
    const { proxy, direct, file } = world();
    mkdirSync(file);
    const proxied = proxy();
    expect(await converse(proxied)).toBe(await converse(direct()));
    expect(proxied.err()).toMatch(/healflow\.yaml is a folder\n/);
  });

  it('refuses to start with --strict, before it starts the server', async () => {
    const { proxy } = world('attempts: many\n');
    const proxied = proxy('--strict');
    expect(await proxied.end()).toBe(2);
    expect(proxied.out()).toBe('');
    expect(proxied.err()).toMatch(/^healflow: .*healflow\.yaml:1:11: /);
    expect(proxied.err()).not.toMatch(off);
  });

  it('records it in the log, and counts it as no call', async () => {
    const { proxy, path } = world('attempts: many\n');
    await proxy().end();
    const log = readFileSync(join(path, 'memory/learned/tool_fixes.yaml'), 'utf8');
    expect(log.match(/refusal: "CONFIG_INVALID"/g)).toHaveLength(1);
    expect(log).toMatch(/error: ".*healflow\.yaml:1:11/);
    expect((await readStats(join(path, 'memory'))).total).toMatchObject({ calls: 0, failures: 0 });
  });

  it('heals as soon as the file is right, without another start of the server', async () => {
    const { proxy, loginFix, save } = world('fixes: [');
    const proxied = proxy();
    await proxied.request(1, 'initialize', initialize);
    await proxied.request(2, 'tools/list');
    const pid = await proxied.request(3, 'tools/call', { name: 'pid' });
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"isError":true');
    save({ fixes: { kube_login: loginFix('pods') } });
    await proxied.said(/^healflow: healing is on again: \S*healflow\.yaml is valid$/m);
    expect(await proxied.request(5, 'tools/call', { name: 'pods' })).toMatch(/pods are there.*"outcome":"healed"/);
    expect((await proxied.request(6, 'tools/call', { name: 'pid' })).replace('"id":6', '"id":3')).toBe(pid);
    expect(await proxied.end()).toBe(0);
    expect(proxied.err().match(/healing is on again/g)).toHaveLength(1);
  });

  it('says what is still wrong if a correction is none', async () => {
    const { proxy, save } = world('fixes: [');
    const proxied = proxy();
    await proxied.said(off);
    save('attempts: 0\n');
    await proxied.said(/healflow\.yaml:1:11: [\s\S]*healing is still off/);
    save('attempts: 2\n');
    await proxied.said('healing is on again');
    expect(await proxied.end()).toBe(0);
  });

  it('keeps tools hidden if that part of the file is valid, and says so if it is not known', async () => {
    const { proxy, save } = world({ attempts: 'many', tools: { shut: 'hidden', odd: { kind: 'odd' } } });
    const hiding = proxy();
    await hiding.request(1, 'initialize', initialize);
    expect(await hiding.request(2, 'tools/list')).not.toContain('shut');
    expect(await hiding.request(3, 'tools/call', { name: 'shut' })).toContain('Unknown tool');
    expect(hiding.err()).not.toContain('may hide');
    await hiding.end();
    save('tools: { shut: hidden');
    const open = proxy();
    await open.said('every call passes as it is, also of tools that the file may hide');
    await open.end();
  });

  it('shows it on the page of the inspector until it is right', async () => {
    const { proxy, save } = world('attempts: many\n');
    const proxied = proxy('--inspect');
    await proxied.said(/inspector is at \S+\n/);
    const [, url = '', token = ''] = /at (\S+)\/#token=(\S+)/.exec(proxied.err()) ?? [];
    const notice = async (): Promise<string | undefined> => {
      const response = await fetch(`${url}/api/health`, { headers: { Authorization: `Bearer ${token}` } });
      return ((await response.json()) as { notice?: string }).notice;
    };
    expect(await notice()).toMatch(/healflow\.yaml:1:11: /);
    save('attempts: 2\n');
    await proxied.said('healing is on again');
    expect(await notice()).toBeUndefined();
    expect(await proxied.end()).toBe(0);
  });

  it('does not listen over HTTP without a token that the file may require', async () => {
    const { proxy, save, env } = world('proxy: { http: { tokenEnv: OWN_TOKEN }');
    const unknown = proxy('--http', '0');
    expect(await unknown.end()).toBe(2);
    expect(unknown.err()).toMatch(/proxy\.http, which may require a token/);
    save({ attempts: 'many', proxy: { http: { tokenEnv: 'LOGIN_FILE' } } });
    const known = proxy('--http', '0');
    await known.said(/at http:\/\/\S+\/mcp/);
    const url = /at (http:\/\/\S+\/mcp)/.exec(known.err())?.[1] ?? '';
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      Authorization: `Bearer ${env.LOGIN_FILE}`,
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize });
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
    known.child.kill('SIGTERM');
  });
});
