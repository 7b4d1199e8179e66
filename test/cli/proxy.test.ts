import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, describe, expect, it, vi } from 'vitest';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/mcp/${name}`, import.meta.url));
const server = fixture('sdk-server.mjs');

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'healflow-cli-proxy-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** A folder with a config whose login is a real command that fixes the server's tools. */
const world = (): { path: string; config: string; env: Record<string, string> } => {
  const path = folder();
  const loginFile = join(path, 'login');
  const login = `require('fs').writeFileSync(${JSON.stringify(loginFile)}, 'valid')`;
  const config = join(path, 'healflow.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      fixes: {
        kube_login: {
          tools: ['k8s_*', 'slow_*'],
          command: [process.execPath, '-e', login],
          clusters: { test: {} },
        },
        token_refresh: {
          tools: 'whoami',
          command: [process.execPath, '-e', "process.stdout.write('fresh')"],
          deliver: { env: 'API_TOKEN' },
        },
      },
    }),
  );
  return { path, config, env: { LOGIN_FILE: loginFile } };
};

interface Connected {
  readonly client: Client;
  readonly path: string;
  stderr(): string;
  close(): Promise<void>;
}

const connect = async (through: 'proxy' | 'direct' = 'proxy', options: ClientOptions = {}): Promise<Connected> => {
  const { path, config, env } = world();
  const proxied = [
    program,
    'proxy',
    '--config',
    config,
    '--memory',
    join(path, 'memory'),
    '--',
    process.execPath,
    server,
  ];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: through === 'proxy' ? proxied : [server],
    env: { PATH: process.env.PATH ?? '', ...env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = new Client({ name: 'test', version: '1.0.0' }, options);
  cleanups.push(() => client.close());
  await client.connect(transport);
  return { client, path, stderr: () => stderr, close: () => client.close() };
};

const run = async (
  args: readonly string[],
  input = '',
  cwd = folder(),
): Promise<{ code: number | null; stdout: string; stderr: string }> => {
  const child = spawn(process.execPath, [program, 'proxy', ...args], { cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
};

describe('SIGHUP', () => {
  it('restarts the server and keeps the proxy', async () => {
    const listing = fixture('listing-server.mjs');
    const child = spawn(process.execPath, [program, 'proxy', '--', process.execPath, listing], {
      cwd: folder(),
      env: { PATH: process.env.PATH },
    });
    cleanups.push(() => child.kill('SIGKILL'));
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const request = async (id: number, method: string, params: object): Promise<string> => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      await vi.waitFor(() => expect(out).toContain(`"id":${id},`), 30_000);
      return out.split('\n').find((line) => line.includes(`"id":${id},`)) ?? '';
    };
    const pidIn = (line: string): string | undefined => /"text":"(\d+)"/.exec(line)?.[1];
    await request(1, 'initialize', { protocolVersion: '2025-11-25' });
    const first = pidIn(await request(2, 'tools/call', { name: 'a' }));
    child.kill('SIGHUP');
    await vi.waitFor(() => expect(err).toContain('the MCP server was restarted on request'), 30_000);
    const second = pidIn(await request(3, 'tools/call', { name: 'a' }));
    expect(second).toMatch(/^\d+$/);
    expect(second).not.toBe(first);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('healflow proxy, between a client and a server of the official SDK,', () => {
  it('heals an expired login without the client noticing', async () => {
    const { client, path, stderr, close } = await connect();
    await client.listTools();
    const result = await client.callTool({ name: 'k8s_get_pods', arguments: {} });
    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'pod-1' }],
      _meta: { 'healflow/run': { outcome: 'healed', attempts: 2, class: 'auth', fixes: ['kube_login: succeeded'] } },
    });
    await close();
    expect(stderr()).toMatch(/^healflow: k8s_get_pods healed by kube_login \(2 attempts, \d+\.\d s\)$/m);
    const log = readFileSync(join(path, 'memory/learned/tool_fixes.yaml'), 'utf8');
    expect(log).toMatch(
      /tool: "k8s_get_pods"\n\s+error: ".*Unauthorized.*"\n\s+fix_applied: "kube_login"\n\s+result: "success"/,
    );
  });

  it('restarts the server with a new token, and the session continues', async () => {
    const { client } = await connect();
    await client.listTools();
    expect(await client.callTool({ name: 'whoami' })).toMatchObject({ content: [{ text: 'me' }] });
    expect(await client.readResource({ uri: 'fixture://greeting' })).toMatchObject({ contents: [{ text: 'hello' }] });
    expect(await client.callTool({ name: 'whoami' })).not.toHaveProperty('_meta.healflow/run');
  });

  it('reports increasing progress over both attempts', async () => {
    const { client } = await connect();
    const seen: number[] = [];
    const result = await client.callTool(
      { name: 'slow_pods', arguments: {} },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    expect(result).toMatchObject({ content: [{ text: 'pod-1' }] });
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen[0]).toBe(1);
    expect(seen.at(-1)).toBe(3);
  });

  it('restarts a crashed server, and repeats the pending read-only call', async () => {
    const { client, path, stderr } = await connect();
    await client.listTools();
    const call = client.callTool({ name: 'crash_once', arguments: {} });
    await vi.waitUntil(() => stderr().includes('the MCP server exited (code 9)'));
    writeFileSync(join(path, 'login'), 'valid');
    expect(await call).toMatchObject({
      content: [{ text: 'survived' }],
      _meta: { 'healflow/run': { outcome: 'healed' } },
    });
  });

  it('forwards sampling, cancellation, instructions and errors unchanged', async () => {
    const sampling: ClientOptions = { capabilities: { sampling: {} } };
    const [proxied, direct] = await Promise.all([connect('proxy', sampling), connect('direct', sampling)]);
    const tried: unknown[][] = [];
    for (const { client, stderr } of [proxied, direct]) {
      client.setRequestHandler('sampling/createMessage', async () => ({
        model: 'm',
        role: 'assistant',
        content: { type: 'text', text: 'Fine.' },
      }));
      const control = new AbortController();
      const cancelled = client.callTool({ name: 'never', arguments: {} }, { signal: control.signal });
      const cancellation = cancelled.catch((error: unknown) => (error as Error).message);
      await vi.waitUntil(() => stderr().includes('never: started'), 10_000);
      control.abort('enough');
      await vi.waitUntil(() => stderr().includes('never: cancelled'), 10_000);
      tried.push([
        client.getInstructions(),
        client.getServerCapabilities(),
        client.getServerVersion(),
        await client.listTools(),
        await client.callTool({ name: 'ask', arguments: {} }),
        await client.callTool({ name: 'echo', arguments: { text: 'ü\u2028€' } }),
        await client.callTool({ name: 'echo', arguments: { text: 5 } }).catch((error: unknown) => String(error)),
        await client.callTool({ name: 'nothing', arguments: {} }).catch((error: unknown) => String(error)),
        await client.readResource({ uri: 'fixture://none' }).catch((error: unknown) => String(error)),
        await cancellation,
      ]);
    }
    expect(tried[0]).toEqual(tried[1]);
  });

  it('heals clients of the stateless protocol', async () => {
    const { client } = await connect('proxy', { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.listTools();
    expect(await client.callTool({ name: 'k8s_get_pods', arguments: {} })).toMatchObject({
      content: [{ text: 'pod-1' }],
      _meta: { 'healflow/run': { outcome: 'healed' } },
    });
    expect(await client.callTool({ name: 'whoami', arguments: {} })).toMatchObject({ content: [{ text: 'me' }] });
  });
});

describe('healflow proxy, as a command,', () => {
  it('exits with 2 and shows its usage without a command', async () => {
    for (const args of [[], ['--']]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^healflow: no server given: add -- COMMAND or --upstream URL\nUsage: healflow proxy /);
    }
  });

  it('exits with 2 and one line if the command does not exist', async () => {
    const { code, stdout, stderr } = await run(['--', 'no-such-command', '--flag']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^healflow: cannot start the MCP server: there is no command no-such-command[^\n]*\n$/);
  });

  it('exits with 2 with --strict if the config is invalid, before it starts the server', async () => {
    const path = folder();
    writeFileSync(join(path, 'bad.yaml'), 'attempts: many\n');
    const { code, stdout, stderr } = await run([
      '--strict',
      '--config',
      join(path, 'bad.yaml'),
      '--',
      process.execPath,
      '-e',
      'console.log(1)',
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('bad.yaml:1:11');
  });

  it('exits with 2 only if a named memory folder is not writable', async () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    const named = await run(['--memory', join(path, 'file/memory'), '--', process.execPath, '-e', '0']);
    expect(named.code).toBe(2);
    expect(named.stderr).toMatch(/^healflow: cannot write .*not a folder.*--memory.*\n$/);
    writeFileSync(join(path, 'memory'), 'a file in the place of the default folder');
    expect((await run(['--', process.execPath, '-e', '0'], '', path)).code).toBe(0);
  });

  it('masks a refreshed token in all of its output', async () => {
    const path = folder();
    const token = 'zq8-dummy-renewal';
    const config = join(path, 'healflow.yaml');
    const command = [process.execPath, '-e', `process.stdout.write('${token}')`];
    writeFileSync(config, JSON.stringify({ fixes: { token_refresh: { command, deliver: { env: 'RENEWED' } } } }));
    const { stderr } = await run(
      ['--config', config, '--memory', path, '--', process.execPath, fixture('picky-server.mjs')],
      [
        { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
        { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'whoami' } },
      ]
        .map((message) => `${JSON.stringify(message)}\n`)
        .join(''),
    );
    expect(stderr).toContain('no friend of [redacted]');
    expect(stderr).not.toContain(token);
  });

  it('passes everything after -- to the command, and returns its exit code', async () => {
    const print = 'process.stdout.write(process.argv.slice(1).join()); process.exitCode = 5';
    const { code, stdout } = await run(['--', process.execPath, '-e', print, '--', '--config', 'x', '-h']);
    expect([code, stdout]).toEqual([5, '--config,x,-h']);
  });

  it('writes all of a large output to a slow reader before it exits', async () => {
    const write = "process.stdout.write('x'.repeat(5_000_000)); process.stdin.resume()";
    const child = spawn(process.execPath, [program, 'proxy', '--', process.execPath, '-e', write], { cwd: folder() });
    child.stdin.end();
    await once(child.stdout, 'readable');
    let length = 0;
    for await (const chunk of child.stdout) length += (chunk as Buffer).length;
    expect(length).toBe(5_000_000);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops its server and itself on %s', async (signal) => {
    const serve = "process.stdin.resume().on('end', () => process.exit(6)); console.log(process.pid)";
    const child = spawn(process.execPath, [program, 'proxy', '--', process.execPath, '-e', serve], { cwd: folder() });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(6);
    expect(() => process.kill(Number(chunk), 0)).toThrow('ESRCH');
  });

  it('leaves no server running when it is killed', async () => {
    const farewell = join(folder(), 'farewell');
    const leave = `require('fs').writeFileSync(${JSON.stringify(farewell)}, ''); process.exit()`;
    const serve = `process.stdin.resume().on('end', () => { ${leave} }); console.log('up')`;
    const child = spawn(process.execPath, [program, 'proxy', '--', process.execPath, '-e', serve], { cwd: folder() });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    await vi.waitUntil(() => existsSync(farewell), 10_000);
  });
});
