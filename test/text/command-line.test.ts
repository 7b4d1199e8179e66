import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { showCommand } from '../../src/text/command-line.ts';

fc.configureGlobal({ seed: 20_260_204 });

/** Runs lines in the shell, in an empty folder, and returns what they wrote. */
const runInShell = (lines: readonly string[], path = process.env.PATH): { stdout: string; stderr: string } => {
  const cwd = mkdtempSync(join(tmpdir(), 'healflow-line-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const input = lines.map((line) => `${line}\n`).join('');
  const { stdout, stderr } = spawnSync('/bin/sh', { cwd, env: { PATH: path }, encoding: 'utf8', input });
  return { stdout, stderr };
};

describe('showCommand', () => {
  it.each([
    [['kubectl', '--context=staging', 'get', 'pods'], 'kubectl --context=staging get pods'],
    [['login', 'a b', ''], "login 'a b' ''"],
    [['login', '$(x)', '`x`', '"x"'], "login '$(x)' '`x`' '\"x\"'"],
    [['login', "it's"], "login 'it'\\''s'"],
    [['login', '--context={a,b}', '~', '=x', '*'], "login --context='{a,b}' '~' '=x' '*'"],
    [['login', '--password=a b', '--=a b'], "login --password='a b' '--=a b'"],
    [['A=1', 'B=2'], "'A=1' B=2"],
    [['sh', '-c', 'set -e\necho "$x"!'], `sh -c "$(printf 'set -e\\necho \\042\\044x\\042\\041')"`],
    [['login', '--name=a\u001b[2Jb'], `login --name="$(printf 'a\\033[2Jb')"`],
    [['login', 'a\u202eb\u200b'], `login "$(printf 'a\\342\\200\\256b\\342\\200\\213')"`],
    [['login', 'a\0b'], `login "$(printf 'a\\342\\220\\200b')"`],
  ])('shows %j', (argv, line) => {
    expect(showCommand(argv)).toBe(line);
  });

  it('gives a line from which a POSIX shell makes the same arguments', () => {
    const argument = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'\'"$`\\!*?[]{}()<>|&;#~=%^ \t\n-ax') }),
      fc.constantFrom(
        '$(echo run)',
        '`echo run`',
        '$PATH',
        '-n',
        '--',
        '--a=b c',
        '-n\t',
        '--a=\tb',
        '\n',
        'a\n\n',
        '\u001b[2J',
        '\u202e%s\\n',
        '\r',
        "'",
        "''",
        '\\',
        "\\'",
        '!!',
        '#',
      ),
    );
    const possible = argument.filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));
    const commands = fc.array(fc.array(possible, { minLength: 1, maxLength: 8 }), { minLength: 20, maxLength: 50 });
    // Starting a shell is slow, so each one runs many commands. No argument contains the null that ends each output.
    fc.assert(
      fc.property(commands, (all) => {
        const lines = all.flatMap((args) => [showCommand(['printf', '%s\\n', ...args]), "printf '\\000'"]);
        const expected = all.map((args) => args.map((text) => `${text}\n`).join(''));
        expect(runInShell(lines)).toEqual({ stdout: expected.map((text) => `${text}\0`).join(''), stderr: '' });
      }),
      { numRuns: 5 },
    );
  });

  it('shows no character that steers a terminal or is not seen, but for line breaks at the end of an argument', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (argv) => {
        expect(showCommand(argv).replace(/\n+'(?= |$)/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives a line that starts a program whose name has an equals sign or a space', () => {
    const folder = mkdtempSync(join(tmpdir(), 'healflow-path-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const name of ['a=b', 'a b']) {
      symlinkSync('/bin/echo', join(folder, name));
      expect(runInShell([showCommand([name, 'started'])], folder)).toEqual({ stdout: 'started\n', stderr: '' });
    }
  });
});
