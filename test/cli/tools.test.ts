import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CancelledError, chooseKinds } from '../../src/cli/tool-kinds/choose.ts';
import type { SurveyedTool } from '../../src/cli/tool-kinds/survey.ts';
import { folderWith } from '../config/support.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const server = fileURLToPath(new URL('../fixtures/mcp/listing-server.mjs', import.meta.url));

const listed = [
  { name: 'list_issues', description: 'List issues' },
  { name: 'get_issue', annotations: { readOnlyHint: true } },
  { name: 'create_issue', description: 'Create an issue. Token: hunter2-dummy-secret' },
  { name: 'delete_all', annotations: { readOnlyHint: true } },
  { name: 'get_wiped', annotations: { destructiveHint: true } },
  { name: 'a_very_long_name_of_a_tool_that_does_not_fit_into_any_table_of_eighty_columns', description: 'Get it' },
];

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = (folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    writeFileSync(join(folder, 'tools.json'), JSON.stringify(listed));
    const options = { cwd: folder, env: { PATH: process.env.PATH, LISTING_TOOLS: join(folder, 'tools.json'), ...env } };
    const child = execFile(process.execPath, [program, ...args], options, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end();
  });

const command = ['--', process.execPath, server];

describe('healflow tools', () => {
  it.each(['session', 'stateless'])('reads all pages of a server of the %s generation', async (generation) => {
    const { code, out } = await run(await folderWith(), ['tools', '--json', ...command], {
      LISTING_GENERATION: generation,
    });
    expect(code).toBe(0);
    const tools = JSON.parse(out) as SurveyedTool[];
    expect(tools.map(({ tool, kind, suggested }) => [tool.slice(0, 12), kind, suggested])).toEqual([
      ['list_issues', 'unannotated', 'read-only'],
      ['get_issue', 'read-only', 'read-only'],
      ['create_issue', 'unannotated', 'additive'],
      ['delete_all', 'read-only', 'destructive'],
      ['get_wiped', 'destructive', null],
      ['a_very_long_', 'unannotated', 'read-only'],
    ]);
  });

  it('prints a table of at most 80 columns that points out a contradiction', async () => {
    const { out, err } = await run(await folderWith(), ['tools', ...command]);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^delete_all +read-only +read-only +destructive\n {4}warning: .*\n?.*"delete"/m);
    expect(err).toContain('2 of 6 tools seem to be read-only');
  });

  it('reads the tools of a server behind a URL', async () => {
    const http = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { id, method } = JSON.parse(body || '{}');
        if (id === undefined) return response.writeHead(202).end();
        const result =
          method === 'tools/list' ? { tools: listed } : { protocolVersion: '2025-11-25', capabilities: {} };
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
    const { code, out } = await run(await folderWith(), ['tools', '--json', '--upstream', url]);
    expect([code, JSON.parse(out).length]).toEqual([0, listed.length]);
  });

  it.each([
    ['does not start', ['--', 'no-such-command-here'], {}, 'there is no command no-such-command-here'],
    ['ends at once', command, { LISTING_START: 'exit' }, 'exited (code 4) before it responded to initialize'],
    ['prints no protocol', command, { LISTING_START: 'noise' }, 'its output is not MCP: "Listening on port 3000"'],
    ['has no tools', command, { LISTING_TOOLS: '/dev/null' }, 'the MCP server'],
  ])('a server that %s is an error that says so', async (_, args, env, words) => {
    const { code, err } = await run(await folderWith(), ['tools', ...args], env);
    expect(err).toContain(words);
    expect(code).toBe(1);
  });

  it('masks secrets of the environment in what it shows', async () => {
    const folder = await folderWith();
    const { out } = await run(folder, ['tools', ...command], { API_TOKEN: 'list_issues' });
    expect(out).not.toContain('list_issues');
  });

  it('writes nothing without a terminal, unless told to accept what is read-only', async () => {
    const folder = await folderWith({ 'healflow.yaml': '# mine\nattempts:   5\n' });
    const refused = await run(folder, ['tools', '--write', ...command]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--write needs --yes');
    const { code, err } = await run(folder, ['tools', '--write', '--yes', ...command]);
    expect(code).toBe(0);
    expect(err).toContain('healflow.yaml was written: list_issues (read-only)');
    const text = readFileSync(join(folder, 'healflow.yaml'), 'utf8');
    expect(text).toMatch(/^# mine\nattempts: {3}5\n\ntools:\n {2}list_issues:\n {4}kind: read-only\n/);
    expect(text).not.toContain('get_issue');
    const again = await run(folder, ['tools', '--write', '--yes', ...command]);
    expect(readFileSync(join(folder, 'healflow.yaml'), 'utf8')).toBe(text);
    expect(again.code).toBe(0);
  });

  it('creates the file that is named', async () => {
    const folder = await folderWith();
    expect((await run(folder, ['tools', '--write', '--yes', '--config', 'new.yaml', ...command])).code).toBe(0);
    expect(readFileSync(join(folder, 'new.yaml'), 'utf8')).toContain('list_issues:\n    kind: read-only');
    expect((await readdir(folder)).sort()).toEqual(['new.yaml', 'tools.json']);
  });

  it('refuses a file with errors, and says where', async () => {
    const folder = await folderWith({ 'healflow.yaml': 'attemps: 5\n' });
    const { code, err } = await run(folder, ['tools', '--write', '--yes', ...command]);
    expect(code).toBe(2);
    expect(err).toContain('healflow.yaml:1:1');
    expect(readFileSync(join(folder, 'healflow.yaml'), 'utf8')).toBe('attemps: 5\n');
  });

  it('init with a command writes the starter and the kinds', async () => {
    const folder = await folderWith();
    expect((await run(folder, ['init', '--yes', ...command])).code).toBe(0);
    expect((await run(folder, ['check'])).out).toBe('healflow.yaml: OK\n');
    expect(readFileSync(join(folder, 'healflow.yaml'), 'utf8')).toMatch(
      /\ntools:\n {2}list_issues:\n {4}kind: read-only\n/,
    );
  });
});

describe('the question to a person', () => {
  const tool = (name: string, suggested: SurveyedTool['suggested']): SurveyedTool => ({
    ...{ tool: name, suggested, annotations: {}, kind: 'unannotated' },
    ...{ isConfigured: false, reason: 'its name says so', isConflict: false },
  });
  const open = [tool('get_a', 'read-only'), tool('get_b', 'read-only'), tool('drop_c', 'destructive')];

  /** Answers each question with the next line. */
  const answer = (lines: readonly string[]) => {
    const input = new PassThrough();
    const output = new PassThrough();
    const left = [...lines];
    let shown = '';
    output.on('data', (chunk) => {
      shown += chunk;
      if (!/\] $/.test(shown)) return;
      shown = '';
      const line = left.shift();
      if (line === undefined) input.end();
      else input.write(`${line}\n`);
    });
    return chooseKinds(open, 'healflow.yaml', { input, output });
  };

  it('accepts all read-only suggestions, each by itself, or none', async () => {
    expect([...(await answer(['a'])).keys()]).toEqual(['get_a', 'get_b']);
    expect([...(await answer(['o', 'n', 'y', 'yes']))]).toEqual([
      ['get_b', 'read-only'],
      ['drop_c', 'destructive'],
    ]);
    expect((await answer(['n'])).size).toBe(0);
    expect((await answer([''])).size).toBe(0);
  });

  it('accepts nothing if it is cancelled on the way', async () => {
    await expect(answer(['o', 'y'])).rejects.toThrow(CancelledError);
  });
});
