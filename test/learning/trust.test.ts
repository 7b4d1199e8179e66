import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { neverTrusted, trust } from '../../src/learning/trust.ts';

describe('a command that no lesson may run, whatever is listed', () => {
  it.each([
    ['a shell with code', ['sh', '-c', 'restart tunnel']],
    ['a shell by its path', ['/bin/bash', 'restart.sh']],
    ['a shell among other letters', ['zsh', '-lic', 'x']],
    ['a program that is many, also a shell', ['busybox', 'wget']],
    ['PowerShell', ['pwsh', '-Command', 'Restart-Service x']],
    ['node with code', ['node', '-e', 'x()']],
    ['node with code and a value', ['node', '--eval=x()']],
    ['node with a module to load', ['node', '--require', './x.js', 'y.js']],
    ['node with a module to import', ['node', '--import=./x.js', 'y.js']],
    ['node that reads code', ['node', '-']],
    ['node without a script', ['node']],
    ['python with code', ['python3', '-c', 'x']],
    ['python of a version with code among letters', ['/usr/bin/python3.11', '-Ic', 'x']],
    ['python with a module', ['python3', '-m', 'http.server']],
    ['perl with code', ['perl', '-ne', 'x']],
    ['ruby with code', ['ruby', '-e', 'x']],
    ['php with code', ['php', '-r', 'x']],
    ['deno with code', ['deno', 'eval', 'x']],
    ['awk', ['awk', 'BEGIN { system("x") }']],
    ['sed', ['sed', '-n', '1e x', 'f']],
    ['env', ['env', 'A=b', 'restart']],
    ['xargs', ['xargs', 'restart']],
    ['find', ['find', '.', '-exec', 'x', '+']],
    ['nohup', ['nohup', 'restart']],
    ['timeout', ['timeout', '5', 'restart']],
    ['npx', ['npx', 'some-package']],
    ['sudo', ['sudo', 'systemctl', 'restart', 'x']],
    ['doas', ['doas', 'restart']],
    ['su', ['su', '-', 'root']],
    ['pkexec', ['pkexec', 'restart']],
    ['run0', ['run0', 'restart']],
    ['a command on another machine', ['ssh', 'host.example', 'restart']],
    ['ssh without -N', ['ssh', 'host.example']],
    ['ssh with a command as an option', ['ssh', '-N', '-o', 'ProxyCommand=x', 'host.example']],
    ['ssh with -N and a command', ['ssh', '-N', 'host.example', 'restart']],
    ['a command in a container', ['docker', 'exec', 'web', 'restart']],
    ['a command in a pod', ['kubectl', 'exec', 'web', '--', 'restart']],
    ['a URL', ['curl', 'https://host.example/x']],
    ['a URL as the value of an option', ['tool', '--from=http://host.example/x']],
    ['a URL of another scheme', ['git', 'fetch', 'ssh://host.example/x']],
    ['a file URL', ['tool', 'file:/etc/passwd']],
    ['a redirection', ['tool', '>', 'file']],
    ['a redirection of errors', ['tool', '2>&1']],
    ['a redirection without a blank', ['tool', '>>file']],
    ['input', ['tool', '<file']],
    ['a pipe', ['tool', '|', 'other']],
    ['two commands', ['tool', '&&', 'other']],
    ['the end of a command', ['tool', ';', 'other']],
    ['a substitution', ['tool', '$(other)']],
    ['a substitution in backticks', ['tool', '`other`']],
    ['a variable', ['tool', '$HOME']],
    ['a variable in braces', ['tool', `x$${'{HOME}'}`]],
    ['a variable of Windows', ['tool', '%USERPROFILE%']],
    ['a placeholder', ['tool', '{cluster}']],
    ['a placeholder in angle brackets', ['tool', '<name>']],
    ['a shell in the arguments', ['tool', '--', 'bash', '-c', 'x']],
    ['sudo in the arguments', ['make', 'sudo']],
    ['a line break', ['tool', 'a\nb']],
    ['an escape sequence', ['tool', '\u001b[2J']],
    ['a character that turns the text round', ['tool', '\u202Eabc']],
    ['no program', ['']],
    ['nothing', []],
    ['a placeholder as the program', ['{tool}', 'x']],
    ['too many words', ['tool', ...Array.from({ length: 64 }, () => 'a')]],
    ['too long a word', ['tool', 'a'.repeat(5_000)]],
  ])('%s', (_, argv) => {
    expect(neverTrusted(argv)).toEqual(expect.any(String));
  });

  it.each([
    ['a service', ['systemctl', '--user', 'restart', 'tunnel']],
    ['a connection', ['nmcli', 'connection', 'up', 'office']],
    ['a script of an interpreter', ['python3', 'restart.py', '--force']],
    ['a script of node', ['node', 'restart.mjs']],
    ['a tunnel', ['ssh', '-N', '-L', '5432:db.example:5432', 'bastion.example']],
    ['a tunnel among letters', ['ssh', '-fNT', '-o', 'ExitOnForwardFailure=yes', 'bastion.example']],
    ['a container', ['docker', 'restart', 'web']],
    ['a pod', ['kubectl', 'rollout', 'restart', 'deployment/web']],
    ['a host and port', ['tool', 'db.example:5432', 'user@host.example']],
    ['options', ['tool', '-x', '--y=z', 'a=b', 'C:\\temp']],
  ])('is not one that runs %s', (_, argv) => {
    expect(neverTrusted(argv)).toBeNull();
  });
});

describe('a command of a lesson', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-trust-')));
  const programAt = (path: string, mode = 0o755): string => {
    writeFileSync(join(folder, path), '#!/bin/true\n');
    chmodSync(join(folder, path), mode);
    return join(folder, path);
  };
  mkdirSync(join(folder, 'bin'));
  const tool = programAt('bin/restart-tunnel');
  const other = programAt('bin/other');
  const options = (programs: readonly string[]) => ({ programs, path: join(folder, 'bin'), cwd: folder });

  it('runs if its program is listed, by its real path', () => {
    const argv = [tool, 'office'];
    expect(trust(['restart-tunnel', 'office'], options([tool]))).toEqual({ argv });
    expect(trust(['./bin/restart-tunnel', 'office'], options(['bin/restart-tunnel']))).toEqual({ argv });
    symlinkSync(tool, join(folder, 'bin', 'link'));
    expect(trust(['link', 'office'], options([join(folder, 'bin', 'link')]))).toEqual({ argv });
  });

  it('does not run if nothing is listed, or only others, or only its name', () => {
    for (const programs of [[], [other], ['restart-tunnel'], [join(folder, 'bin')]]) {
      expect(trust(['restart-tunnel'], options(programs))).toEqual({
        refused: `\`${tool}\` is not in \`learn.programs\`: add it there if lessons may run it`,
      });
    }
    expect(trust(['missing'], options([tool]))).toEqual({ refused: 'the program `missing` was not found' });
  });

  it('does not run what a harmless name leads to', () => {
    symlinkSync(realpathSync('/bin/sh'), join(folder, 'bin', 'repair'));
    expect(trust(['repair', 'x'], options([realpathSync('/bin/sh')]))).toEqual({
      refused: expect.stringContaining('is a shell'),
    });
    symlinkSync(process.execPath, join(folder, 'bin', 'mend'));
    expect(trust(['mend', '-e', 'x'], options([process.execPath]))).toEqual({
      refused: expect.stringContaining('is code'),
    });
  });

  it.skipIf(process.platform === 'win32')('does not run a program that everybody can write', () => {
    const open = programAt('bin/open', 0o777);
    expect(trust(['open'], options([open]))).toEqual({
      refused: expect.stringContaining('can be written by every user'),
    });
  });

  it('is not looked up in a relative folder of PATH', () => {
    expect(trust(['restart-tunnel'], { programs: [tool], path: 'bin', cwd: folder })).toEqual({
      refused: 'the program `restart-tunnel` was not found',
    });
  });
});
