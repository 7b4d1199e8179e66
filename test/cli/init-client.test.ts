import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type InitClientOptions, initClient } from '../../src/cli/init-client.ts';
import { folderWith } from '../config/support.ts';
import { capture } from './log-io.ts';

/** Runs `healflow init --client` in a temporary home and project. */
const machine = async (
  files: Readonly<Record<string, string>>,
  more: { columns?: number; script?: string; node?: string } = {},
) => {
  const folder = await folderWith(files);
  await mkdir(join(folder, 'project'), { recursive: true });
  const cwd = join(folder, 'project');
  const run = async (options: InitClientOptions) => {
    const { io, stdout, stderr } = capture(cwd, { columns: more.columns ?? 0 });
    const own = {
      node: more.node ?? '/opt/node',
      script: more.script ?? '/opt/healflow/dist/src/cli/main.js',
      env: {},
    };
    const world = { platform: 'linux' as const, home: folder, cwd, env: {}, own };
    let code: number | undefined;
    let error: unknown;
    try {
      code = await initClient(options, io, world);
    } catch (thrown) {
      error = thrown;
    }
    const message = error instanceof Error ? error.message.replaceAll(folder, '') : undefined;
    return { code, message, stdout: stdout().replaceAll(folder, ''), stderr: stderr().replaceAll(folder, '') };
  };
  return {
    folder,
    run,
    read: (name: string): Promise<string> => readFile(join(folder, name), 'utf8'),
    write: (name: string, text: string): Promise<void> => writeFile(join(folder, name), text),
  };
};

const desktop = '.config/Claude/claude_desktop_config.json';
const backup = `${desktop}.healflow-backup`;

const kubernetes = `{
  "globalShortcut": "",
  "mcpServers": {
    "k8s": {
      "command": "npx",
      "args": ["-y", "mcp-server-kubernetes"],
      "env": { "API_TOKEN": "dummy-secret-value-1" }
    }
  }
}
`;

describe('healflow init --client', () => {
  it('shows the diff with masked secrets, and writes nothing', async () => {
    const { run, read, folder } = await machine({ [desktop]: kubernetes });
    const { code, stdout, stderr } = await run({ client: 'claude-desktop' });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `/${desktop}`,
        '  k8s:',
        ' {',
        '-  "command": "npx",',
        '+  "command": "/opt/node",',
        '   "args": [',
        '+    "/opt/healflow/dist/src/cli/main.js",',
        '+    "proxy",',
        '+    "--",',
        '+    "npx",',
        '     "-y",',
        '     "mcp-server-kubernetes"',
        '   ],',
        '   "env": {',
        '     "API_TOKEN": "[redacted]"',
        '   }',
        ' }',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('nothing was written; use --write to apply the changes');
    expect(await read(desktop)).toBe(kubernetes);
    expect(await readdir(join(folder, '.config/Claude'))).toEqual(['claude_desktop_config.json']);
  });

  it('writes the change and a backup that only the owner can read, and keeps the rest', async () => {
    const { run, read, folder } = await machine({ [desktop]: kubernetes });
    await chmod(join(folder, desktop), 0o640);
    expect((await run({ client: 'claude-desktop', write: true })).code).toBe(0);
    expect(await read(desktop)).toBe(
      kubernetes
        .replace('"command": "npx"', '"command": "/opt/node"')
        .replace('["-y"', '["/opt/healflow/dist/src/cli/main.js", "proxy", "--", "npx", "-y"'),
    );
    expect(await read(backup)).toBe(kubernetes);
    expect((await stat(join(folder, backup))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, desktop))).mode & 0o777).toBe(0o640);
    expect((await readdir(join(folder, '.config/Claude'))).length).toBe(2);
  });

  it('skips servers that are already wrapped', async () => {
    const { run, read } = await machine({ [desktop]: kubernetes });
    await run({ client: 'claude-desktop', write: true });
    const once = await read(desktop);
    const again = await run({ client: 'claude-desktop', write: true });
    expect(again.stdout).toContain('k8s: left as it is: already wrapped by healflow');
    expect(again.stderr).toBe('healflow: there is nothing to change\n');
    expect(await read(desktop)).toBe(once);
    expect(await read(backup)).toBe(kubernetes);
  });

  it('keeps comments, tabs, line endings, the byte order mark, and the order of keys', async () => {
    const text =
      '\ufeff{\r\n\t// my servers\r\n\t"inputs": [],\r\n\t"servers": {\r\n\t\t"one": {\r\n\t\t\t"type": "stdio", // local\r\n\t\t\t"command": "uvx",\r\n\t\t\t"args": [\r\n\t\t\t\t"one", // the package\r\n\t\t\t\t"--fast",\r\n\t\t\t],\r\n\t\t},\r\n\t\t"two": { "command": "two" },\r\n\t},\r\n}\r\n';
    const file = 'project/.vscode/mcp.json';
    const { run, read } = await machine({ [file]: text });
    expect((await run({ client: 'vscode', write: true })).code).toBe(0);
    expect(await read(file)).toBe(
      text
        .replace('"command": "uvx"', '"command": "npx"')
        .replace(
          '\t"one", //',
          `${['-y', 'healflow', 'proxy', '--', 'uvx'].map((word) => `\t"${word}",\r\n\t\t\t\t`).join('')}\t"one", //`,
        )
        .replaceAll('\r\n\t\t\t\t\t"', '\r\n\t\t\t\t"')
        .replace('{ "command": "two" }', '{ "command": "npx", "args": [ "-y", "healflow", "proxy", "--", "two" ] }'),
    );
    expect((await run({ client: 'vscode', undo: true })).stderr).toContain('was restored to its original content');
    expect(await read(file)).toBe(text);
  });

  it("uses npx in a project's file, and paths in the user's file", async () => {
    const entry = '{"mcpServers":{"x":{"command":"x"}}}';
    const { run, read } = await machine({
      'project/.cursor/mcp.json': entry,
      '.cursor/mcp.json': entry,
      'project/healflow.yaml': 'attempts: 2\n',
    });
    await run({ client: 'cursor', write: true });
    expect(JSON.parse(await read('project/.cursor/mcp.json')).mcpServers.x).toEqual({
      command: 'npx',
      args: ['-y', 'healflow', 'proxy', '--', 'x'],
    });
    const { command, args } = JSON.parse(await read('.cursor/mcp.json')).mcpServers.x;
    expect([command, ...args]).toEqual([
      '/opt/node',
      '/opt/healflow/dist/src/cli/main.js',
      'proxy',
      '--config',
      expect.stringMatching(/project\/healflow\.yaml$/),
      '--',
      'x',
    ]);
  });

  it('explains how to install healflow if it runs from the cache of npx', async () => {
    const script = '/home/me/.npm/_npx/1234/node_modules/healflow/dist/src/cli/main.js';
    const { run } = await machine({ [desktop]: kubernetes }, { script });
    const { stdout, stderr } = await run({ client: 'claude-desktop' });
    expect(stdout).toContain('+    "healflow",');
    expect(stderr).toContain('npm install --global healflow');
  });

  it('finds the servers of Claude Code in the project, of the user, and of the user in this project', async () => {
    const { run, read, folder } = await machine({ 'project/.mcp.json': '{"mcpServers":{"shared":{"command":"a"}}}' });
    const own = {
      mcpServers: { mine: { command: 'b' } },
      projects: { [join(folder, 'project')]: { mcpServers: { here: { command: 'c' } } }, other: { mcpServers: {} } },
    };
    await writeFile(join(folder, '.claude.json'), JSON.stringify(own, null, 2));
    const { stdout } = await run({ client: 'claude-code', write: true });
    expect(stdout.match(/^ {2}\w+:$/gm)).toEqual(['  shared:', '  mine:', '  here:']);
    await run({ client: 'claude-code', undo: true });
    expect(JSON.parse(await read('.claude.json'))).toEqual(own);
  });

  it('wraps only the named servers, and lists the available ones', async () => {
    const { run, read } = await machine({ [desktop]: '{"mcpServers":{"a":{"command":"a"},"b":{"command":"b"}}}' });
    const { code, stderr } = await run({ client: 'claude-desktop', server: ['c'], write: true });
    expect(code).toBe(2);
    expect(stderr).toContain('know no server c; there are a, b');
    await run({ client: 'claude-desktop', server: ['b'], write: true });
    const { a, b } = JSON.parse(await read(desktop)).mcpServers;
    expect([a.command, b.command]).toEqual(['a', '/opt/node']);
  });

  it('starts npx through cmd if the server was, as Windows requires', async () => {
    const entry = { command: 'cmd', args: ['/c', 'npx', '-y', 'a-server'] };
    const { run, read } = await machine({ 'project/.mcp.json': JSON.stringify({ mcpServers: { a: entry } }) });
    await run({ client: 'claude-code', write: true });
    expect(JSON.parse(await read('project/.mcp.json')).mcpServers.a).toEqual({
      command: 'cmd',
      args: ['/c', 'npx', '-y', 'healflow', 'proxy', '--', 'cmd', '/c', 'npx', '-y', 'a-server'],
    });
    await run({ client: 'claude-code', undo: true });
    expect(JSON.parse(await read('project/.mcp.json')).mcpServers.a).toEqual(entry);
  });

  it('follows and keeps a symbolic link', async () => {
    const { run, read, folder } = await machine({ 'dotfiles/claude.json': kubernetes, '.config/Claude/keep': '' });
    await symlink(join(folder, 'dotfiles/claude.json'), join(folder, desktop));
    await run({ client: 'claude-desktop', write: true });
    expect(await read('dotfiles/claude.json')).toContain('"proxy"');
    await run({ client: 'claude-desktop', undo: true });
    expect(await read('dotfiles/claude.json')).toBe(kubernetes);
  });

  it('shows an example entry if there is no file', async () => {
    const { run } = await machine({});
    const { code, stderr } = await run({ client: 'vscode' });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^healflow: there is no \/project\/\.vscode\/mcp\.json and no \/\.config\/Code\/User\/mcp\.json/,
    );
    expect(JSON.parse(stderr.slice(stderr.indexOf('\n'))).servers.everything.args).toContain('proxy');
  });

  it('rejects --write with --undo', async () => {
    const { run } = await machine({});
    const { code, stderr } = await run({ client: 'cursor', write: true, undo: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be combined/);
  });

  it('writes the planned changes as JSON', async () => {
    const { run } = await machine({ [desktop]: kubernetes });
    const { stdout } = await run({ client: 'claude-desktop', json: true });
    const [file] = JSON.parse(stdout).files;
    expect(file).toMatchObject({ path: `/${desktop}`, written: false, servers: [{ server: 'k8s', changed: true }] });
    expect(stdout).not.toContain('dummy-secret');
  });

  it('colours the diff on a terminal', async () => {
    const { run } = await machine({ [desktop]: kubernetes }, { columns: 80 });
    expect((await run({ client: 'claude-desktop' })).stdout).toContain('\u001b[31m-  "command": "npx",\u001b[39m');
  });
});

describe('healflow init --client with a server URL', () => {
  const file = 'project/.cursor/mcp.json';
  const reference = `$${'{env:ORG}'}`;
  const withHeaders = `{
  "mcpServers": {
    "api": {
      "url": "https://api.example.com/mcp",
      "headers": { "Authorization": "Bearer dummy-secret-value-2", "X-Org": "\${env:ORG}" },
      "timeout": 60
    }
  }
}
`;

  it('keeps its headers out of the arguments, which every user of the machine can read', async () => {
    const { run, read } = await machine({ [file]: withHeaders });
    const { stdout } = await run({ client: 'cursor', write: true });
    expect(JSON.parse(await read(file)).mcpServers.api).toEqual({
      command: 'npx',
      args: [
        ...['-y', 'healflow', 'proxy', '--header-env', 'Authorization=HEALFLOW_HEADER_AUTHORIZATION'],
        ...['--header-env', 'X-Org=HEALFLOW_HEADER_X_ORG', '--upstream', 'https://api.example.com/mcp'],
      ],
      timeout: 60,
      env: { HEALFLOW_HEADER_AUTHORIZATION: 'Bearer dummy-secret-value-2', HEALFLOW_HEADER_X_ORG: reference },
    });
    expect(stdout).not.toContain('dummy-secret');
    expect(stdout).toContain(`"X-Org": "${reference}"`);
    await run({ client: 'cursor', undo: true });
    expect(await read(file)).toBe(withHeaders);
  });

  it('restores it even without the backup', async () => {
    const { run, read, folder } = await machine({ [file]: withHeaders });
    await run({ client: 'cursor', write: true });
    await writeFile(join(folder, `${file}.healflow-backup`), '{}');
    await run({ client: 'cursor', undo: true });
    expect(JSON.parse(await read(file))).toEqual(JSON.parse(withHeaders));
  });

  it.each([
    [{ url: 'https://example.com/mcp' }, 'the client may log in to it by itself'],
    [{ url: 'https://example.com/sse', headers: { a: 'b' } }, 'looks like the deprecated HTTP+SSE transport'],
    [{ type: 'sse', url: 'https://example.com/x', headers: { a: 'b' } }, 'uses the deprecated HTTP+SSE transport'],
    [{ url: 'https://example.com/mcp', auth: { CLIENT_ID: 'x' } }, '"auth" is handled by the client'],
    [{ url: 'ws://example.com/mcp', headers: { a: 'b' } }, 'not an HTTP URL'],
    [{ url: 'https://example.com/mcp', headers: { a: 1 } }, 'headers are not all strings'],
    [{ command: 'npx -y some-server' }, 'its command contains arguments'],
    [{ command: 'x', args: [1] }, 'args are not all strings'],
    [{ command: '' }, 'neither a command nor a url'],
    ['x', 'not an object'],
    [{ command: 'healflow', args: ['proxy', '--', 'x'] }, 'already wrapped by healflow'],
    [{ command: 'npx', args: ['-y', 'healflow@1.2.3', 'proxy', '--', 'x'] }, 'already wrapped by healflow'],
  ])('leaves %o unchanged, and reports why', async (entry, why) => {
    const text = JSON.stringify({ mcpServers: { it: entry } });
    const { run, read } = await machine({ [file]: text });
    const { code, stdout } = await run({ client: 'cursor', write: true });
    expect([code, stdout.includes(why)]).toEqual([0, true]);
    expect(await read(file)).toBe(text);
  });

  it('wraps a server without headers if it is local or named', async () => {
    const { run, read } = await machine({
      [file]: '{"mcpServers":{"local":{"url":"http://localhost:3000/mcp"},"far":{"url":"https://example.com/mcp"}}}',
    });
    await run({ client: 'cursor', server: ['far'], write: true });
    await run({ client: 'cursor', write: true });
    const { local, far } = JSON.parse(await read(file)).mcpServers;
    expect(local.args.slice(-2)).toEqual(['--upstream', 'http://localhost:3000/mcp']);
    expect(far.args.slice(-2)).toEqual(['--upstream', 'https://example.com/mcp']);
  });
});

describe('healflow init --client --undo', () => {
  it('restores the file byte for byte and removes the backup', async () => {
    const { run, read, folder } = await machine({ [desktop]: kubernetes });
    await run({ client: 'claude-desktop', write: true });
    const { code, stderr } = await run({ client: 'claude-desktop', undo: true });
    expect(code).toBe(0);
    expect(stderr).toContain('was restored to its original content');
    expect(await read(desktop)).toBe(kubernetes);
    expect(await readdir(join(folder, '.config/Claude'))).toEqual(['claude_desktop_config.json']);
  });

  it('reverts only its own changes if the file has changed since', async () => {
    const { run, read, write } = await machine({ [desktop]: kubernetes });
    await run({ client: 'claude-desktop', write: true });
    const changed = (await read(desktop))
      .replace('"globalShortcut": ""', '"globalShortcut": "Alt+C"')
      .replace('"env": {', '"env": { "MORE": "1",');
    await write(desktop, changed);
    const { stderr } = await run({ client: 'claude-desktop', undo: true });
    expect(await read(desktop)).toBe(
      kubernetes
        .replace('"globalShortcut": ""', '"globalShortcut": "Alt+C"')
        .replace('"env": {', '"env": { "MORE": "1",'),
    );
    expect(stderr).toContain('.healflow-backup was kept');
  });

  it('reverts changes of several runs', async () => {
    const { run, read, write } = await machine({ [desktop]: kubernetes });
    await run({ client: 'claude-desktop', write: true });
    const second = '{\n    "new": { "command": "new" },\n    "k8s"';
    await write(desktop, (await read(desktop)).replace('{\n    "k8s"', second));
    await run({ client: 'claude-desktop', write: true });
    await run({ client: 'claude-desktop', undo: true });
    expect(await read(desktop)).toBe(kubernetes.replace('{\n    "k8s"', second));
  });

  it('works without a backup, and skips servers that were wrapped before it', async () => {
    const { run, read, folder } = await machine({
      [desktop]:
        '{"mcpServers":{"mine":{"command":"healflow","args":["proxy","--","a"]},"b":{"command":"b","args":["1"]}}}',
    });
    await run({ client: 'claude-desktop', write: true });
    await run({ client: 'claude-desktop', undo: true, server: ['b'] });
    expect(JSON.parse(await read(desktop)).mcpServers.b).toEqual({ command: 'b', args: ['1'] });
    await run({ client: 'claude-desktop', write: true });
    expect((await run({ client: 'claude-desktop', undo: true })).stdout).toContain('when the backup was made');
    expect(JSON.parse(await read(desktop)).mcpServers.mine.command).toBe('healflow');
    expect(await readdir(join(folder, '.config/Claude'))).toHaveLength(1);
    await run({ client: 'claude-desktop', undo: true });
    expect(JSON.parse(await read(desktop)).mcpServers.mine).toEqual({ command: 'a', args: [] });
  });
});

describe('healflow init --client with an invalid file', () => {
  it.each([
    ['{"mcpServers": {"a": {"command": "x",, }}}', /:1:38: .*; nothing was changed$/],
    ['{\n  "mcpServers": {\n    "a": {"command": "x"}\n', /:4:1: a closing brace was expected; nothing was changed$/],
    [
      '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}',
      /:1:40: duplicate key "a"; nothing was changed$/,
    ],
    [`{"mcpServers": ${'['.repeat(200_000)}`, /nested too deeply|was expected/],
    ['not json', /:1:1: an invalid word; nothing was changed$/],
  ])('reports the location of the error, and changes nothing: %#', async (text, why) => {
    const good = 'project/.cursor/mcp.json';
    const bad = '.cursor/mcp.json';
    const { run, read } = await machine({ [good]: '{"mcpServers":{"x":{"command":"x"}}}', [bad]: text });
    const { message } = await run({ client: 'cursor', write: true });
    expect(message).toMatch(why);
    expect(await read(bad)).toBe(text);
    expect(await read(good)).toBe('{"mcpServers":{"x":{"command":"x"}}}');
  });

  it('reports a file that is not UTF-8, or a folder', async () => {
    const { run, folder } = await machine({ 'project/.cursor/x': '' });
    await writeFile(join(folder, 'project/.cursor/mcp.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    expect((await run({ client: 'cursor' })).message).toMatch(/is not UTF-8 text; nothing was changed/);
    expect((await run({ client: 'cursor', file: '.cursor' })).message).toMatch(/it is a folder/);
  });

  it('handles hostile names', async () => {
    const text = '{"mcpServers":{"__proto__":{"command":"x"},"\\u001b[2J":{"command":"y"}}}';
    const { run, read } = await machine({ [desktop]: text });
    const { stdout } = await run({ client: 'claude-desktop', write: true });
    expect(stdout).not.toContain('\u001b');
    const written = await read(desktop);
    expect(written.match(/"proxy"/g)).toHaveLength(2);
    await run({ client: 'claude-desktop', undo: true });
    expect(await read(desktop)).toBe(text);
  });
});

describe('a wrapped entry', () => {
  it('starts the server through healflow, without a PATH, like the client', async () => {
    const server = fileURLToPath(new URL('../fixtures/mcp/raw-server.mjs', import.meta.url));
    const script = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
    const entry = { command: process.execPath, args: [server], env: { GREETING: 'hello from the entry' } };
    const { run, read, folder } = await machine(
      { [desktop]: JSON.stringify({ mcpServers: { raw: entry } }) },
      { script, node: process.execPath },
    );
    await run({ client: 'claude-desktop', write: true });
    const { command, args, env } = JSON.parse(await read(desktop)).mcpServers.raw;
    expect([command, args[0]]).toEqual([process.execPath, script]);
    const child = spawn(command, args, {
      cwd: folder,
      env: { HOME: folder, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const params = { name: 'env', arguments: { name: 'GREETING' } };
    child.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })}\n`);
    let out = '';
    for await (const chunk of child.stdout) out += chunk;
    expect(JSON.parse(out).result.content[0].text).toBe('hello from the entry');
  });
});
