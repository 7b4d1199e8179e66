import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientFiles, clientNames, type Machine } from '../../src/cli/client-config/clients.ts';
import { diffLines } from '../../src/cli/client-config/diff.ts';
import { launcherFor } from '../../src/cli/client-config/launcher.ts';
import { maskEntry } from '../../src/cli/client-config/mask.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { folderWith } from '../config/support.ts';

const paths = (machine: Machine): readonly string[] =>
  clientNames.flatMap((client) => clientFiles(client, machine).map(({ path }) => path));

describe('the files of the clients', () => {
  it('are in the settings folder of each platform', () => {
    expect(paths({ platform: 'darwin', home: '/Users/me', cwd: '/p', env: {} })).toEqual([
      '/Users/me/Library/Application Support/Claude/claude_desktop_config.json',
      '/p/.mcp.json',
      '/Users/me/.claude.json',
      '/p/.cursor/mcp.json',
      '/Users/me/.cursor/mcp.json',
      '/p/.vscode/mcp.json',
      '/Users/me/Library/Application Support/Code/User/mcp.json',
    ]);
    const env = { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' };
    expect(paths({ platform: 'win32', home: 'C:\\Users\\me', cwd: 'C:\\p', env })).toEqual([
      'C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
      'C:\\p\\.mcp.json',
      'C:\\Users\\me\\.claude.json',
      'C:\\p\\.cursor\\mcp.json',
      'C:\\Users\\me\\.cursor\\mcp.json',
      'C:\\p\\.vscode\\mcp.json',
      'C:\\Users\\me\\AppData\\Roaming\\Code\\User\\mcp.json',
    ]);
    expect(paths({ platform: 'linux', home: '/home/me', cwd: '/p', env: { XDG_CONFIG_HOME: '/c' } })[0]).toBe(
      '/c/Claude/claude_desktop_config.json',
    );
  });
});

describe('a displayed entry', () => {
  const redact = createRedactor({ env: {} });
  const masked = (args: readonly string[]): unknown => maskEntry({ args }, redact).args;

  it.each([
    [
      ['--token', 'dummy', '--fast'],
      ['--token', '[redacted]', '--fast'],
    ],
    [['--api-key=dummy-1'], ['--api-key=[redacted]']],
    [['postgresql://me:dummypw@db.example.com/x'], [expect.not.stringContaining('dummypw')]],
    [['https://example.com/mcp?key=dummy&x=1'], ['https://example.com/mcp?key=[redacted]&x=[redacted]']],
    [['https://example.com/s/0a1B2c3D4e5F6a7B8c9D0e/mcp'], ['https://example.com/s/[redacted]/mcp']],
    [
      ['-e', 'API_TOKEN=dummy-secret-1'],
      ['-e', expect.not.stringContaining('dummy')],
    ],
    [['0a1B2c3D4e5F6a7B8c9D0e'], ['[redacted]']],
    [
      ['-y', '@modelcontextprotocol/server-filesystem@2026.1.14', '/Users/me/some-folder'],
      ['-y', '@modelcontextprotocol/server-filesystem@2026.1.14', '/Users/me/some-folder'],
    ],
  ])('hides the secrets among the arguments %o', (args, shown) => {
    expect(masked(args)).toEqual(shown);
  });

  it('shows only non-secret values of its environment and headers', () => {
    const reference = `$${'{input:key}'}`;
    const values = { A: 'dummy', B: reference, C: `Bearer ${reference}`, D: 'true', E: '8080', F: `x-${reference}` };
    const shown = { A: '[redacted]', B: reference, C: `Bearer ${reference}`, D: 'true', E: '8080', F: '[redacted]' };
    expect(maskEntry({ env: values, headers: values, password: 'dummy' }, redact)).toEqual({
      env: shown,
      headers: shown,
      password: '[redacted]',
    });
  });
});

describe('the launcher', () => {
  it('uses a link to Node.js that survives an update of Node.js', async () => {
    const folder = await folderWith({ 'Cellar/node/22.1.0/bin/node': '' });
    const node = join(folder, 'Cellar/node/22.1.0/bin/node');
    await mkdir(join(folder, 'links'));
    await symlink(node, join(folder, 'links/node'));
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other/node'), '');
    const env = { PATH: `${join(folder, 'other')}:${join(folder, 'links')}` };
    const throughPath = launcherFor({ node, script: '/s.js', env }, false, undefined);
    expect(throughPath).toEqual({ command: join(folder, 'links/node'), args: ['/s.js'] });
    expect(launcherFor({ node, script: '/s.js', env: {} }, false, undefined).command).toBe(node);
    expect(launcherFor({ node, script: '/s.js', env }, true, 'path').args).toEqual(['/s.js']);
    expect(launcherFor({ node, script: '/s.js', env }, false, 'npx').args).toEqual(['-y', 'healflow']);
  });
});

describe('a diff', () => {
  it('keeps common lines', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(diffLines('a', 'a')).toEqual([' a']);
  });
});
