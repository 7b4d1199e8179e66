import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { folderWith, refusal } from '../config/support.ts';

/** Runs `healflow check` in a folder with these files: its exit code and what it prints. */
const checkWith = async (
  files: Readonly<Record<string, string>>,
  config?: string,
  json?: boolean,
): Promise<{ code: number; lines: string[] }> => {
  const folder = await folderWith(files);
  let out = '';
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  onTestFinished(() => {
    for (const spy of [cwd, write]) spy.mockRestore();
  });
  const code = await check({ config, json });
  return { code, lines: out.replaceAll(`${folder}/`, '').trimEnd().split('\n') };
};

describe('healflow check', () => {
  it('reports that the defaults apply without a file', async () => {
    expect(await checkWith({})).toEqual({
      code: 0,
      lines: ['no healflow.yaml here: the defaults apply (healflow init writes one)'],
    });
  });

  it('writes the same report as JSON', async () => {
    const text = 'log: all\ntools: { "*": {}, b: {} }\nfixes: { kube_login: {} }\n';
    const { code, lines } = await checkWith({ 'healflow.yaml': text }, undefined, true);
    const { ok, parts } = JSON.parse(lines.join('\n'));
    expect([code, ok, parts.length]).toEqual([2, false, 1]);
    const file = 'healflow.yaml';
    expect(parts[0]).toEqual({
      name: file,
      patterns: 0,
      problems: [
        {
          place: { file, line: 3, column: 10, path: ['fixes', 'kube_login', 0] },
          problem: 'kube_login has no command',
          advice: 'give it `command`, or `clusters` with a command each',
        },
      ],
      warnings: [
        {
          place: { file, line: 2, column: 19, path: ['tools', 'b'] },
          problem: "never reached: '*' above matches first",
          advice: "move it above '*'",
        },
      ],
    });
  });

  it('gives the location of a syntax error without a path, and null without advice, in JSON', async () => {
    const { lines } = await checkWith({ 'healflow.yaml': 'log: "all\n' }, undefined, true);
    expect(JSON.parse(lines.join('\n')).parts[0].problems).toEqual([
      {
        place: { file: 'healflow.yaml', line: 1, column: 6, path: [] },
        problem: 'a quote is never closed',
        advice: null,
      },
    ]);
  });

  it('masks secrets in JSON', async () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const text = `log: ${secret}\ntools:\n  ${secret}: { kid: a }\n`;
    const { lines } = await checkWith({ 'healflow.yaml': text }, undefined, true);
    expect(lines.join('\n')).not.toContain(secret);
    expect(JSON.parse(lines.join('\n')).parts[0].problems).toMatchObject([
      { place: { path: ['log'] } },
      { place: { path: ['tools', '[redacted:github-token]', 'kid'] } },
    ]);
  });

  it('lists each file, its patterns, and the number of examples that ran', async () => {
    const files = {
      'conf/mine.yaml': 'patternFiles: [a.yaml]\n',
      'conf/a.yaml': '- { id: a, class: auth, text: x, examples: [x, yx], counterexamples: [y] }\n',
    };
    expect(await checkWith(files, join('conf', 'mine.yaml'))).toEqual({
      code: 0,
      lines: ['conf/mine.yaml: OK', 'conf/a.yaml: OK', '  1 pattern, 2 examples and 1 counterexample run'],
    });
  });

  it('reports problems and exits with 2', async () => {
    const { code, lines } = await checkWith({
      'healflow.yaml':
        'patterns:\n  - { id: a, class: auth, text: x, examples: [y], counterexamples: [x] }\natempts: 1\n',
    });
    expect(code).toBe(2);
    expect(lines).toEqual([
      'healflow.yaml: 3 problems',
      '  healflow.yaml:2:47: the pattern does not match its own example "y"',
      '    2 |   - { id: a, class: auth, text: x, examples: [y], counterexamples: [x] }',
      '      |                                               ^',
      '  healflow.yaml:2:69: the pattern matches its counterexample "x"',
      '    2 |   - { id: a, class: auth, text: x, examples: [y], counterexamples: [x] }',
      '      |                                                                     ^',
      "  healflow.yaml:3:1: unknown key 'atempts'; did you mean 'attempts'?",
      '    3 | atempts: 1',
      '      | ^^^^^^^',
    ]);
  });

  it('only warns if two patterns match one example', async () => {
    const { code, lines } = await checkWith({
      'healflow.yaml':
        'patterns:\n  - { id: a, class: auth, text: x, examples: [xy] }\n  - { id: b, class: auth, text: y }\n',
    });
    expect(code).toBe(0);
    expect(lines[0]).toBe('healflow.yaml: OK, 1 warning');
    expect(lines[2]).toMatch(/^ {2}warning: healflow\.yaml:2:47: the patterns "a" and "b" both claim "xy"/);
  });

  it.each([
    [
      'a rule for tools that an earlier one hides',
      'tools:\n  "k8s_*": {}\n  k8s_get: {}\n',
      "3:3: never reached: 'k8s_*' above matches first; move it above 'k8s_*'",
    ],
    [
      'an entry that an earlier one hides',
      'fixes:\n  kube_login:\n    - { command: [a] }\n    - { command: [b] }\n',
      '4:7: never reached: entry 1 of kube_login is for all tools; put the entry for all tools last',
    ],
    [
      'a token that reaches nobody',
      'fixes:\n  token_refresh:\n    oauth: { issuer: "https://a.example", clientId: a, refreshTokenFile: b }\n',
      '3:5: the new token is delivered nowhere; give `deliver` a `file`, an `env`, a `header` or `args`',
    ],
    [
      'a folder outside of the roots',
      'fixes:\n  cache_clear: { folders: [a/../../b], allowedRoots: [a] }\n',
      ' is not inside of `allowedRoots` and will not be emptied; allow a folder above it, or remove it',
    ],
  ])('warns about %s', async (_, text, warning) => {
    const { code, lines } = await checkWith({ 'healflow.yaml': text });
    expect([code, lines[0]]).toEqual([0, 'healflow.yaml: OK, 1 warning']);
    expect(lines[1]).toContain(warning);
  });

  it('does not warn about an allowed root itself, which is emptied too', async () => {
    const text = 'fixes:\n  cache_clear: { folders: [a], allowedRoots: [a] }\n';
    expect((await checkWith({ 'healflow.yaml': text })).lines).toEqual(['healflow.yaml: OK']);
  });

  it('checks the lessons too: what is wrong with their files, and what keeps them from running', async () => {
    const lesson = (id: string, text: string, more = '') =>
      `pattern: { id: ${id}, class: network, text: "${text}" }\nfix: { run: [restart-tunnel] }\nrung: proposed\n${more}`;
    const { code, lines } = await checkWith({
      'healflow.yaml': 'attempts: 3\n',
      'lessons/bad.yaml': lesson('a', '(?=x)'),
      'lessons/edited.yaml': lesson('b', 'is stuck').replace('rung: proposed', 'rung: auto'),
      'lessons/shell.yaml': lesson('c', 'is stuck').replace('restart-tunnel', 'sh, -c, x'),
    });
    expect(code).toBe(2);
    expect(lines.filter((line) => !/^ +(\d+ )?\|/.test(line))).toEqual([
      'healflow.yaml: OK',
      'lessons/bad.yaml: 1 problem',
      '  bad.yaml:1:42: not a valid expression: invalid or unsupported Perl syntax: (?=; RE2 has no look-around',
      'lessons/edited.yaml: OK, 2 warnings',
      '  warning: lessons/edited.yaml: it was changed after it was approved for `auto`, so it counts as `proposed`; `healflow learn` approves it again, step by step',
      '  warning: lessons/edited.yaml: its command will not run: the program `restart-tunnel` was not found',
      'lessons/shell.yaml: OK, 1 warning',
      '  warning: lessons/shell.yaml: its command will not run: `sh` is a shell: list the script itself, with a `#!` line',
    ]);
  });

  it('warns of a program in `learn.programs` that has only a name', async () => {
    const { code, lines } = await checkWith({
      'healflow.yaml': 'learn: { programs: [systemctl, /bin/true, [a, b]] }\n',
    });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.includes('warning'))).toEqual([
      'healflow.yaml: OK, 1 warning',
      expect.stringMatching(/warning: healflow.yaml:1:21: `systemctl` is a path, .*as in \/usr\/bin\/systemctl/),
    ]);
  });

  it('rejects a named file that does not exist', async () => {
    expect(await refusal(checkWith({}, 'nope.yaml'))).toMatchObject({ code: 'CONFIG_NOT_FOUND' });
  });
});
