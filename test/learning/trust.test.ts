import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { neverTrusted } from '../../src/learning/never-trusted.ts';
import { replaceableBy } from '../../src/learning/safe-path.ts';
import { type ProgramEntry, trust } from '../../src/learning/trust.ts';

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
    ['perl with code after a number', ['perl', '-0777e', 'x']],
    ['node with a loader', ['node', '--experimental-loader=data:text/javascript,x', '/opt/x.js']],
    ['a script of the folder', ['node', 'fix.js']],
    ['ansible', ['ansible', 'all', '-a', 'id']],
    ['a command in a pod of OpenShift', ['oc', 'rsh', 'web', 'id']],
    ['pdsh', ['pdsh', '-w', 'host', 'id']],
    ['ssh with another configuration', ['ssh', '-N', '-F', '/tmp/x', 'host.example']],
    ['ssh with a library', ['ssh', '-NI/tmp/x.so', 'host.example']],
    ['snap', ['snap', 'run', '--shell', 'x']],
    ['a relative program', ['./fix']],
    ['a relative program in a folder', ['bin/fix']],
    ['a relative path', ['tool', 'a/b']],
    ['a relative path as a value', ['tool', '--config=./x']],
    ['the folder above', ['make', '-C', '..']],
    ['a path of the home folder', ['tool', '~/x']],
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
    ['a script of an interpreter', ['python3', '/opt/restart.py', '--force']],
    ['a script of node', ['node', '/opt/restart.mjs']],
    ['a tunnel', ['ssh', '-N', '-L', '5432:db.example:5432', 'bastion.example']],
    ['a tunnel among letters', ['ssh', '-fNT', '-o', 'ExitOnForwardFailure=yes', 'bastion.example']],
    ['a container', ['docker', 'restart', 'web']],
    ['a pod', ['kubectl', 'rollout', 'restart', 'deployment', 'web']],
    ['a host and port', ['tool', 'db.example:5432', 'user@host.example']],
    ['an absolute path', ['tool', '/etc/x', '--config=/etc/x', '-I/usr/x']],
    ['a range of addresses', ['ip', 'route', 'add', '10.0.0.0/8', 'via', '10.1.1.1']],
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
  const options = (programs: readonly ProgramEntry[]) => ({ programs, path: join(folder, 'bin'), cwd: folder });

  it('runs if its program is listed, by the path that is listed', () => {
    const argv = [tool, 'office'];
    expect(trust(['restart-tunnel', 'office'], options([tool]))).toEqual({ argv });
    expect(trust([tool, 'office'], options(['bin/restart-tunnel']))).toEqual({ argv });
    symlinkSync(tool, join(folder, 'bin', 'link'));
    const link = join(folder, 'bin', 'link');
    expect(trust(['link', 'office'], options([link]))).toEqual({ argv: [link, 'office'] });
    // One program under two names may do two things.
    expect(trust(['link', 'office'], options([tool]))).toHaveProperty('refused');
    expect(trust(['restart-tunnel', 'office'], options([link]))).toHaveProperty('refused');
  });

  it('does not run if nothing is listed, or only others, or only its name', () => {
    for (const programs of [[], [other], ['restart-tunnel'], [join(folder, 'bin')]]) {
      expect(trust(['restart-tunnel'], options(programs))).toEqual({
        refused:
          '`restart-tunnel` is not in `learn.programs`: add the entry [restart-tunnel] there if lessons may run it',
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
      refused: expect.stringContaining('needs the absolute path of a script'),
    });
  });

  it('runs with the arguments that an entry allows, and no others', () => {
    const runs = (entry: ProgramEntry, ...given: string[]) =>
      'argv' in trust(['restart-tunnel', ...given], options([entry]));
    const whole = ['restart-tunnel', 'office', '--config=/etc/x'];
    expect(runs(whole, 'office', '--config=/etc/x')).toBe(true);
    expect(runs(['restart-tunnel'])).toBe(true);
    for (const given of [[], ['office'], ['office', '--config=/etc/y'], ['office', '--config=/etc/x', 'more']]) {
      expect(runs(whole, ...given)).toBe(false);
    }
    for (const entry of [tool, ['restart-tunnel', '...'], ['restart-tunnel', 'office', '...']]) {
      expect(runs(entry, 'office', 'now')).toBe(true);
      for (const given of ['-c', '--now', 'a=b', '/etc/x', 'host.example', 'a@b', 'EXEC:id', 'a b', '!x', '@x', '+x']) {
        expect([given, runs(entry, 'office', given)]).toEqual([given, false]);
      }
    }
    expect(runs(['restart-tunnel', 'home', '...'], 'office')).toBe(false);
  });

  it('names the entry that would allow it, as YAML', () => {
    expect(trust(['restart-tunnel', 'on', '-x', 'a: b'], options([]))).toEqual({
      refused: expect.stringContaining('add the entry [restart-tunnel, "on", "-x", "a: b"] there'),
    });
  });

  it('is found by the extensions of Windows, where modes say nothing', () => {
    const exe = programAt('bin/office-tool.exe', 0o777);
    const windows = { ...options([['office-tool', 'up']]), platform: 'win32' } as const;
    expect(trust(['office-tool', 'up'], windows)).toEqual({ argv: [exe, 'up'] });
    programAt('bin/batch.cmd');
    expect(trust(['batch', 'up'], { ...windows, programs: [['batch', 'up']] })).toHaveProperty('refused');
  });

  it.skipIf(process.platform === 'win32')('does not run what somebody else can replace', () => {
    for (const mode of [0o775, 0o757]) {
      mkdirSync(join(folder, `open${mode}`));
      chmodSync(join(folder, `open${mode}`), mode);
      const path = programAt(`open${mode}/fix`);
      expect(trust([path], options([path]))).toEqual({ refused: expect.stringContaining('can be written by other') });
    }
    const group = programAt('bin/group', 0o775);
    expect(trust([group], options([group]))).toEqual({ refused: expect.stringContaining('can be written by other') });
    const owned = (uid: number) => ({ uid: 1000, stat: () => ({ uid, mode: 0o755, isDirectory: () => true }) });
    expect(replaceableBy('/opt/fix', owned(0))).toBeNull();
    expect(replaceableBy('/opt/fix', owned(1000))).toBeNull();
    expect(replaceableBy('/opt/fix', owned(1001))).toBe('`/opt/fix` belongs to another user');
  });

  it.skipIf(process.platform === 'win32')('does not run a program that everybody can write', () => {
    const open = programAt('bin/open', 0o777);
    expect(trust(['open'], options([open]))).toEqual({
      refused: expect.stringContaining('can be written by other users'),
    });
  });

  it('is not looked up in a relative folder of PATH', () => {
    expect(trust(['restart-tunnel'], { programs: [tool], path: 'bin', cwd: folder })).toEqual({
      refused: 'the program `restart-tunnel` was not found',
    });
  });
});
