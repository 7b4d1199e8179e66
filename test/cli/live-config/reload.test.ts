import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initialize, type Proxied, server, world } from './world.ts';

const changed = (times: number): RegExp => new RegExp(`(?:has changed: calls that fail[^\\n]*\\n[\\s\\S]*){${times}}`);

const begin = async (proxied: Proxied): Promise<string> => {
  await proxied.request(1, 'initialize', initialize);
  await proxied.request(2, 'tools/list');
  return (await proxied.request(3, 'tools/call', { name: 'pid' })).replace('"id":3', '');
};

describe('healflow proxy, when its configuration changes,', () => {
  it('heals by the new one, and leaves the server alone', async () => {
    const { proxy, save, loginFix, logOut } = world('attempts: 3\n');
    const proxied = proxy();
    const pid = await begin(proxied);
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"isError":true');
    save({ fixes: { kube_login: loginFix('pods') } });
    await proxied.said(changed(1));
    expect(await proxied.request(5, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    logOut();
    save({ fixes: { kube_login: loginFix('nodes') } });
    await proxied.said(changed(2));
    expect(await proxied.request(6, 'tools/call', { name: 'pods' })).toContain('"isError":true');
    expect(await proxied.request(7, 'tools/call', { name: 'nodes' })).toContain('"outcome":"healed"');
    expect((await proxied.request(8, 'tools/call', { name: 'pid' })).replace('"id":8', '')).toBe(pid);
    expect(await proxied.end()).toBe(0);
  });

  it('takes up a file that was not there before, under either name', async () => {
    const { run, path, loginFix } = world();
    const proxied = run('--', process.execPath, server);
    await begin(proxied);
    writeFileSync(join(path, 'healflow.yml'), JSON.stringify({ fixes: { kube_login: loginFix('pods') } }));
    await proxied.said(/^healflow: healflow\.yml has changed/m);
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    expect(await proxied.end()).toBe(0);
  });

  it('keeps the last valid one while the file is invalid or gone, and says each thing once', async () => {
    const { proxy, save, loginFix, file, logOut } = world();
    const valid = { fixes: { kube_login: loginFix('pods') } };
    save(valid);
    const proxied = proxy();
    await begin(proxied);
    save('attempts: many\n');
    await proxied.said(
      /healflow\.yaml:1:11: [\s\S]*the last valid configuration stays in force until \S*healflow\.yaml is corrected/,
    );
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    logOut();
    save(valid);
    await proxied.said('healflow.yaml is valid again');
    // An editor that writes in pieces, and rests in between.
    const handle = openSync(file, 'w');
    writeSync(handle, '{"attempts": 2, "fixes": ');
    await proxied.said(
      /healflow\.yaml:1:\d+: [\s\S]*healflow\.yaml is valid again\n[\s\S]*the last valid configuration stays/,
    );
    writeSync(handle, `${JSON.stringify(valid.fixes)}}`);
    closeSync(handle);
    await proxied.said(changed(1));
    expect(await proxied.request(5, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    expect(await proxied.end()).toBe(0);
    expect(proxied.err().match(/healflow\.yaml:1:11: /g)).toHaveLength(1);
  });

  it('names what only a restart changes, once, and takes up the rest', async () => {
    const { proxy, save, loginFix } = world('attempts: 3\n');
    const proxied = proxy();
    await begin(proxied);
    const fixes = { kube_login: loginFix('pods') };
    save({ fixes, stateDir: 'other', proxy: { hangMs: 5_000, http: { maxSessions: 2 } } });
    const later =
      /^healflow: \S*healflow\.yaml: stateDir, proxy\.hangMs, proxy\.http\.maxSessions: in force only after a restart of the proxy$/gm;
    await proxied.said(later);
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    save({ fixes, attempts: 2, stateDir: 'other', proxy: { hangMs: 5_000, http: { maxSessions: 2 } } });
    await proxied.said(changed(2));
    expect(await proxied.end()).toBe(0);
    expect(proxied.err().match(later)).toHaveLength(1);
  });

  it('ends a fix that runs by its old rules', async () => {
    const { proxy, save, loginFix, path, logOut } = world();
    const go = join(path, 'go');
    const untilGo = `const fs=require('fs');fs.writeFileSync('began','');while(!fs.existsSync(${JSON.stringify(go)}));`;
    save({ fixes: { kube_login: loginFix('pods', untilGo) } });
    const proxied = proxy();
    await begin(proxied);
    const call = proxied.request(4, 'tools/call', { name: 'pods' });
    save({ tools: { pods: { onError: 'hand-back' } } });
    await proxied.said(changed(1));
    writeFileSync(go, '');
    expect(await call).toMatch(/pods are there.*"fixes":\["kube_login: succeeded"\]/);
    logOut();
    expect(await proxied.request(5, 'tools/call', { name: 'pods' })).not.toContain('healed');
    expect(await proxied.end()).toBe(0);
  });

  it('of two changes at once the last one counts', async () => {
    const { proxy, save, loginFix } = world('attempts: 3\n');
    const proxied = proxy();
    await begin(proxied);
    save('attempts: many\n');
    save({ fixes: { kube_login: loginFix('nodes') } });
    save({ fixes: { kube_login: loginFix('pods') } });
    await proxied.said(changed(1));
    expect(await proxied.request(4, 'tools/call', { name: 'pods' })).toContain('"outcome":"healed"');
    expect(await proxied.end()).toBe(0);
    expect(proxied.err()).not.toContain('healflow.yaml:');
  });

  it('takes it up in all sessions over HTTP, old and new', async () => {
    const { proxy, save, loginFix, logOut } = world('fixes: [');
    const proxied = proxy('--http', '0');
    await proxied.said(/at http:\/\/\S+\/mcp/);
    const url = /at (http:\/\/\S+\/mcp)/.exec(proxied.err())?.[1] ?? '';
    const post = (message: object, session?: string | null): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          ...(session != null && { 'Mcp-Session-Id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      });
    const open = async (): Promise<string> => {
      const response = await post({ id: 1, method: 'initialize', params: initialize });
      const id = response.headers.get('mcp-session-id') ?? '';
      await response.text();
      await post({ method: 'notifications/initialized' }, id);
      await (await post({ id: 2, method: 'tools/list' }, id)).text();
      return id;
    };
    const pods = async (session: string): Promise<string> =>
      (await post({ id: 3, method: 'tools/call', params: { name: 'pods' } }, session)).text();
    const before = [await open(), await open()];
    for (const session of before) expect(await pods(session)).toContain('"isError":true');
    save({ fixes: { kube_login: loginFix('pods') } });
    await proxied.said('healing is on again');
    for (const session of [...before, await open()]) {
      logOut();
      expect(await pods(session)).toContain('"outcome":"healed"');
    }
    proxied.child.kill('SIGTERM');
    expect(await proxied.end()).toBe(0);
  });
});
