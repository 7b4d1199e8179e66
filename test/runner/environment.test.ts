import { describe, expect, it } from 'vitest';
import { commandEnvironment, inheritedVariables } from '../../src/runner/environment.ts';

const occasion = { fix: 'kube_login', target: 'staging', tool: 'get_pods' } as const;

const facts = {
  TERM: 'dumb',
  HEALFLOW_FIX: 'kube_login',
  HEALFLOW_TARGET: 'staging',
  HEALFLOW_TOOL: 'get_pods',
};

describe('the inherited variables', () => {
  it('are these on Linux and macOS', () => {
    const expected = [
      'HOME',
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'KUBECONFIG',
      'LANG',
      'LOGNAME',
      'NO_PROXY',
      'PATH',
      'SHELL',
      'SSH_AUTH_SOCK',
      'TMPDIR',
      'USER',
      'XDG_RUNTIME_DIR',
      'http_proxy',
      'https_proxy',
      'no_proxy',
    ];
    expect([...inheritedVariables('linux')].sort()).toEqual(expected);
    expect([...inheritedVariables('darwin')].sort()).toEqual(expected);
  });

  it('are these on Windows', () => {
    expect([...inheritedVariables('win32')].sort()).toEqual([
      'APPDATA',
      'COMSPEC',
      'HOMEDRIVE',
      'HOMEPATH',
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'KUBECONFIG',
      'LANG',
      'LOCALAPPDATA',
      'NO_PROXY',
      'PATH',
      'PATHEXT',
      'PROCESSOR_ARCHITECTURE',
      'PROGRAMDATA',
      'PROGRAMFILES',
      'PROGRAMFILES(X86)',
      'PROGRAMW6432',
      'SSH_AUTH_SOCK',
      'SYSTEMDRIVE',
      'SYSTEMROOT',
      'TEMP',
      'TMP',
      'USERNAME',
      'USERPROFILE',
      'WINDIR',
      'http_proxy',
      'https_proxy',
      'no_proxy',
    ]);
  });
});

describe('the environment of a command', () => {
  it('has the inherited variables, the locale, and what the config names', () => {
    const env = { PATH: '/bin', LC_ALL: 'C', TEAM: 'a', SECRET: 'b', NODE_OPTIONS: '--inspect' };
    expect(commandEnvironment(env, ['TEAM', 'UNSET'], occasion)).toEqual({
      PATH: '/bin',
      LC_ALL: 'C',
      TEAM: 'a',
      ...facts,
    });
  });

  it('does not inherit shell functions', () => {
    const env = { PATH: '/bin', SHELL: '() { :; }; echo run', LC_PAPER: '() { :; }' };
    expect(commandEnvironment(env, [], occasion)).toEqual({ PATH: '/bin', ...facts });
  });

  it('passes a variable that the config names as it is', () => {
    expect(commandEnvironment({ FORMAT: '()' }, ['FORMAT'], occasion)).toEqual({ FORMAT: '()', ...facts });
  });

  it('leaves out names that could carry text of an error', () => {
    const { HEALFLOW_TOOL: _, ...rest } = facts;
    expect(commandEnvironment({}, [], { ...occasion, tool: 'get pods; rm' })).toEqual(rest);
  });
});
