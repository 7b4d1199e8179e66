import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import type { Rung } from '../../src/learning/model.ts';
import { folderWith } from '../config/support.ts';
import { lessonAt, proposed } from '../learning/lessons.ts';

/** Runs `healflow explain` in a folder with these files: its exit code and what it prints. */
const run = async (
  words: readonly string[],
  options: Parameters<typeof explain>[1] = {},
  {
    files = {},
    input = '',
    tty = false,
    env = {},
    cwd,
  }: { files?: Record<string, string>; input?: string; tty?: boolean; env?: Record<string, string>; cwd?: string } = {},
): Promise<{ code: number; out: string; err: string }> => {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const io = {
    stdout: Object.assign(stream('out'), { isTTY: tty }),
    stderr: stream('err'),
    cwd: cwd ?? (await folderWith(files)),
    env,
  };
  const code = await explain(words, options, io, Readable.from([input]));
  return { code, ...written };
};

describe('healflow explain', () => {
  it('says what `onError` of the tool leaves of the fixes and the retries', async () => {
    const lines = async (onError: string, text: string) => {
      const files = { 'healflow.yaml': `tools: { db: { onError: ${onError} } }\n` };
      return (await run([text], { tool: 'db' }, { files })).out
        .split('\n')
        .filter((line) => /^(fix|retried)/.test(line));
    };
    expect(await lines('hand-back', '429 Too Many Requests')).toEqual([
      'fix        none: the config says `onError: hand-back` for this tool',
      'retried? no: the config says `onError: hand-back` for this tool',
    ]);
    expect(await lines('retry', '429 Too Many Requests')).toEqual(['fix        wait_retry', 'retried?']);
    expect(await lines('retry', '401 Unauthorized')).toEqual([
      'fix        none: the config says `onError: retry` for this tool',
      'retried?',
    ]);
  });

  it('shows the lesson that is at work, and why its command may not run', async () => {
    const fixesOf = async (rung: Rung, isListed = true) => {
      const folder = await folderWith({ reconnect: '#!/bin/sh\n' });
      const program = join(folder, 'reconnect');
      chmodSync(program, 0o755);
      const config = { learn: { programs: isListed ? [[program, 'alpha']] : [] } };
      writeFileSync(join(folder, 'healflow.yaml'), JSON.stringify(config));
      const lesson = proposed({ fix: { run: [program, 'alpha'], timeoutMs: 1_000 } });
      await lessonAt(join(folder, 'lessons'), 'tunnel', rung, lesson);
      const env = { HEALFLOW_STATE_DIR: join(folder, 'state') };
      const { out } = await run(['error: tunnel alpha is stuck'], { tool: 'db_query' }, { cwd: folder, env });
      return out.split('\n').filter((line) => /^(?:failure|fix|lesson)|^ {2}read-only/.test(line));
    };
    const none = ['failure    unrecognised', 'fix        none: no fix is known for this failure'];
    expect((await fixesOf('proposed')).slice(0, 2)).toEqual(none);
    expect((await fixesOf('shadow')).slice(0, 3)).toEqual([
      ...none,
      'lesson     tunnel, at shadow: it runs nothing, and only records whether the failure ends by itself',
    ]);
    expect(await fixesOf('ask')).toEqual([
      'failure    network',
      'fix        lesson:tunnel',
      'lesson     tunnel, at ask: a person is asked before its fix runs',
      expect.stringMatching(/read-only +yes .*may be retried after lesson:tunnel/),
    ]);
    expect((await fixesOf('auto', false))[1]).toBe('fix        lesson:tunnel (may not run)');
    expect((await fixesOf('auto', false))[2]).toMatch(/at auto, but its command may not run: .*`learn.programs`: add/);
  });

  it('names a command of `fixes.own` as own:NAME, for the tools that it is for', async () => {
    const files = {
      'healflow.yaml':
        'fixes: { own: { restart: { tools: "db_*", command: [restart] } } }\n' +
        'patterns: [{ id: stuck, class: network, text: tunnel is stuck, fix: [own:restart, retry_backoff] }]\n',
    };
    const fixLine = async (tool: string) =>
      (await run(['tunnel is stuck'], { tool }, { files })).out.split('\n').find((line) => line.startsWith('fix'));
    expect(await fixLine('db_query')).toBe('fix        own:restart, then retry_backoff');
    expect(await fixLine('wiki')).toBe('fix        own:restart (not configured), then retry_backoff');
  });

  it('shows class, pattern, cause, match, fix, delivery, and whether the call is retried', async () => {
    const { code, out } = await run(['error: You must be logged in to the server (Unauthorized)'], {
      tool: 'k8s_get_pods',
    });
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'channel    isError, assumed; --channel names another',
      'failure    auth / unauthorized',
      'pattern    auth.unauthorized',
      'cause      The service wants a valid login first.',
      'matched    error: You must be logged in to the server (Unauthorized)',
      '                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      'fix        kube_login (not configured), then token_refresh (not configured)',
      'evidence   report, the whole story',
      "delivered  no: the tool's own backend failed in a way that comes before anything is changed",
      '',
      'retried?',
      expect.stringMatching(/^ {2}read-only {4}yes {2}\S/),
      expect.stringMatching(/^ {2}idempotent {3}yes {2}\S/),
      expect.stringMatching(/^ {2}additive {5}yes {2}\S/),
      expect.stringMatching(/^ {2}destructive {2}no {3}report, the whole story; a report is no proof/),
      expect.stringMatching(/^ {2}unannotated {2}yes {2}\S/),
      '',
    ]);
  });

  it('does not retry a call that may have taken effect', async () => {
    const { out } = await run(['read ECONNRESET']);
    expect(out).toMatch(/^delivered {2}maybe: /m);
    expect(out).toMatch(/^ {2}read-only {4}yes /m);
    expect(out).toMatch(/^ {2}destructive {2}no /m);
    expect(out).toMatch(/^ {2}unannotated {2}no /m);
  });

  it('says how long a call would wait for a service that is away', async () => {
    const away = 'connect ECONNREFUSED 127.0.0.1:5432';
    const line = /^wait {7}up to 10\.0 s for the service, as one attempt \(outagePatienceMs\)$/m;
    expect((await run([away])).out).toMatch(line);
    expect((await run(['read ECONNRESET'])).out).not.toContain('outagePatienceMs');
    const files = { 'healflow.yaml': 'outagePatienceMs: 0\n' };
    expect((await run([away], {}, { files })).out).not.toContain('outagePatienceMs');
  });

  it('names what makes a report more than its failure', async () => {
    const { out } = await run(['created order 12 but notification failed: connection refused'], {
      kind: 'unannotated',
    });
    const evidence = 'report, not the whole story: `created order 12 but notification failed` comes before it';
    expect(out).toContain(`evidence   ${evidence}\n`);
    expect(out.split('retried?\n')[1]).toBe(
      `  unannotated  no   ${evidence}; a tool that may change things is not retried\n`,
    );
  });

  it('takes the channel that is named', async () => {
    expect((await run(['timeout'], { channel: 'exception' })).out).toMatch(/^channel {4}exception$/m);
  });

  it('drafts a pattern for a failure that none matches', async () => {
    const text = `frob: the "blue" mood (42) of https://frob.example.com isn't good`;
    const { out } = await run([text], { tool: 'frob_it' });
    expect(out).toMatch(/^failure {4}unrecognised$/m);
    expect(out).toMatch(/^pattern {4}unrecognised$/m);
    expect(out).toMatch(/^fix {8}none/m);
    expect(out).not.toMatch(/^ {2}\w+ +yes /m);
    const draft = out.slice(out.indexOf('  patterns:')).replace(/^ {2}/gm, '');
    expect(draft).toContain(`text: 'frob: the "[^"]*" mood \\([\\d.:]+\\) of \\S+ isn''t good'`);
    const config = { files: { 'healflow.yaml': draft } };
    const { out: after } = await run([text.replace('42', '7')], { tool: 'frob_it' }, config);
    expect(after).toMatch(/^failure {4}usage$/m);
    expect(after).toMatch(/^pattern {4}frob_it\.frob_the_blue$/m);
  });

  it('reports that a healthy text is not a failure', async () => {
    expect(await run(['all is well'], { channel: 'result' })).toEqual({
      code: 0,
      out: 'channel    result\nfailure    no: the text as a whole is not an error report\n',
      err: '',
    });
  });

  it('reads standard input and writes one JSON object', async () => {
    const { out } = await run(
      ['-'],
      { json: true, channel: 'result' },
      { input: 'HTTP/1.1 429 Too Many Requests\nRetry-After: 7\n' },
    );
    expect(JSON.parse(out)).toMatchObject({
      class: 'rate',
      retryAfterMs: 7_000,
      fixes: [{ fix: 'wait_retry', configured: true }],
      grade: 'report',
      remainder: null,
      retry: { unannotated: { allowed: true }, destructive: { allowed: false } },
    });
  });

  it('uses the patterns, fixes and tools of the configuration', async () => {
    const files = {
      'healflow.yaml': `
patterns: [{ id: license, class: auth, cause: The licence ran out., text: 'licen[cs]e expired', fix: token_refresh }]
fixes: { token_refresh: { command: [renew] } }
tools: { cad_*: { kind: destructive, replay: always } }
`,
    };
    const { out } = await run(['license', 'expired'], { tool: 'cad_open' }, { files });
    expect(out).toContain('pattern    license\ncause      The licence ran out.');
    expect(out).toContain('fix        token_refresh\n');
    expect(out).toMatch(/^ {2}destructive {2}yes .*\(this tool, as configured\)$/m);
  });

  it('shows neither secrets nor escape sequences', async () => {
    const { out } = await run(['Error: 401 for \u001b[31mhttps://bot:hunter2secret@git.example.com/\u0007']);
    expect(out).not.toContain('hunter2secret');
    for (const control of ['\u0007', '\u001b']) expect(out).not.toContain(control);
  });

  it('uses colour only on a terminal, and not with NO_COLOR', async () => {
    expect((await run(['timeout'], {}, { tty: true })).out).toContain('\u001b[');
    expect((await run(['timeout'], {}, { tty: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b[');
    expect((await run(['timeout'])).out).not.toContain('\u001b[');
  });

  it('exits with 2 if there is no text', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('pass the output of a tool');
  });

  it('names the probe that is asked before the text is trusted', async () => {
    const probe = '{ tcp: "127.0.0.1:1" }';
    const files = { 'healflow.yaml': `fixes: { vpn_connect: { tools: "wiki_*", command: [vpn], probe: ${probe} } }` };
    const { out } = await run(['TypeError: fetch failed'], { tool: 'wiki_read' }, { files });
    expect(out).toMatch(/^probe +the text may hide an outage, so the probe of vpn_connect is asked first/m);
    const other = await run(['TypeError: fetch failed'], { tool: 'read_orders' }, { files });
    expect(other.out).not.toMatch(/^probe/m);
  });

  it('shows the fixes in the order of their bindings', async () => {
    const files = { 'healflow.yaml': 'fixes: { kube_login: { tools: ["pods_*"], command: [login] } }' };
    const { out } = await run(['401 Unauthorized'], { tool: 'pods_list' }, { files });
    expect(out).toMatch(/^fix +kube_login, then token_refresh \(not configured\)$/m);
  });
});
