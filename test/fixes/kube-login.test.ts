import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../src/config/schema.ts';
import { callOf, catalogueOf, fixOf, program, requestOf, temporaryFolder } from './support.ts';

type Fixes = NonNullable<ConfigInput['fixes']>;
const clusters = { staging: {}, prod: {} };

describe('kube_login chooses the cluster', () => {
  const command = ['kubelogin', '--context={cluster}', '{cluster}'];
  const chosen = (kube_login: Fixes['kube_login'], args: Record<string, unknown>) =>
    catalogueOf({ kube_login }).select('kube_login', callOf({ args }));

  it('that the call names, in the first argument that names one', () => {
    const entry = { command, clusters, clusterArguments: ['context', 'cluster'] };
    expect(chosen(entry, { cluster: 'prod', context: 'staging' })).toMatchObject({
      key: 'host:kube_login:staging',
      description: 'runs kubelogin --context=staging staging',
    });
  });

  it('that is the default one where the call names none', () => {
    expect(chosen({ command, clusters, defaultCluster: 'prod' }, {})).toMatchObject({ key: 'host:kube_login:prod' });
  });

  it('that is the only one where the call names none', () => {
    expect(chosen({ command, clusters: { staging: {} } }, {})).toMatchObject({ key: 'host:kube_login:staging' });
  });

  it('with a command of its own', () => {
    const own = { command, clusters: { staging: {}, prod: { command: ['careful', '{cluster}'] } } };
    expect(chosen(own, { cluster: 'prod' })).toMatchObject({ description: 'runs careful prod' });
  });

  it.each([
    'pro',
    'prod-eu',
    'PROD',
    ' prod',
    '__proto__',
    'constructor',
    'prod; rm -rf ~',
    '--kubeconfig=/etc/passwd',
    5,
    ['prod'],
    { prod: true },
  ])('and never one that is not configured, such as %j', (cluster) => {
    expect(chosen({ command, clusters, defaultCluster: 'staging' }, { cluster })).toEqual({
      code: 'CLUSTER_NOT_CONFIGURED',
      reason: expect.stringContaining('is not configured; configured are staging, prod'),
    });
  });

  it('and none where the call names none of several', () => {
    expect(chosen({ command, clusters }, {})).toEqual({
      code: 'CLUSTER_NOT_CONFIGURED',
      reason: 'the call names no cluster, and there is no `defaultCluster`; configured are staging, prod',
    });
  });

  it('and none where none is configured: one command then serves them all', () => {
    expect(chosen({ command: ['kubelogin'] }, { cluster: 'any' })).toMatchObject({
      key: 'host:kube_login:default',
      description: 'runs kubelogin',
    });
    expect(chosen({ command }, { cluster: 'any' })).toMatchObject({ code: 'CLUSTER_NOT_CONFIGURED' });
  });

  it('and is not available without a command', () => {
    expect(chosen({ clusters }, { cluster: 'prod' })).toMatchObject({ code: 'FIX_NOT_CONFIGURED' });
  });

  it('by the first entry whose tools match', () => {
    const entries = [
      { tools: 'eks_*', command: ['aws'] },
      { tools: ['k8s_*', 'helm_*'], command: ['kubelogin'] },
    ];
    const select = (tool: string) => catalogueOf({ kube_login: entries }).select('kube_login', callOf({ tool }));
    expect(select('helm_list')).toMatchObject({ description: 'runs kubelogin', key: 'host:kube_login:default-2' });
    expect(select('eks_list')).toMatchObject({ description: 'runs aws', key: 'host:kube_login:default' });
    expect(select('gitlab_list')).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'kube_login is not configured for the tool gitlab_list',
    });
  });
});

describe('kube_login', () => {
  it('runs the command for the cluster, and is done when the probe says so', async () => {
    const folder = temporaryFolder();
    const kube_login = {
      command: program('appends.mjs', '{cluster}', 'token of {cluster}'),
      clusters,
      probe: { command: program('exists.mjs', '{cluster}') },
    };
    const fix = fixOf('kube_login', { kube_login }, { baseDir: folder }, { args: { cluster: 'staging' } });
    expect(await fix.run(requestOf())).toMatchObject({ fix: 'kube_login', status: 'succeeded' });
    expect(readFileSync(join(folder, 'staging'), 'utf8')).toBe('token of staging\n');
    expect(await fix.run(requestOf())).toMatchObject({ status: 'not_needed' });
    expect(readFileSync(join(folder, 'staging'), 'utf8')).toBe('token of staging\n');
  });

  it('has failed where its command ends with 0 and the probe still fails', async () => {
    const kube_login = { command: program('ends.mjs'), probe: { command: program('ends.mjs', '1') } };
    const report = await fixOf('kube_login', { kube_login }, { baseDir: '/' }).run(requestOf());
    expect(report).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/ended with code 0, but the probe still fails: the command .* ended with code 1$/),
    });
  });

  it('shows what a failing command said, without secrets and escape sequences', async () => {
    const kube_login = { command: program('ends.mjs', '1', '', 'no: \u001b[31mdummy-\u001b[0msecret') };
    const report = await fixOf('kube_login', { kube_login }, { baseDir: '/' }).run(requestOf());
    expect(report).toMatchObject({ status: 'failed', output: 'no: [redacted]' });
  });

  it('gives the command an allow-listed environment, and nothing of the error', async () => {
    const kube_login = { command: program('environment.mjs'), env: ['TEAM'], clusters: { staging: {} } };
    const env = {
      PATH: process.env.PATH,
      HOME: '/home/baker',
      LC_ALL: 'C',
      TERM: 'xterm',
      TEAM: 'bakers',
      AWS_SECRET_ACCESS_KEY: 'dummy',
      NODE_OPTIONS: '--no-warnings',
    };
    const { output } = await fixOf('kube_login', { kube_login }, { baseDir: '/', env }).run(requestOf());
    const given = Object.entries(JSON.parse(output ?? '').env).filter(([name]) => !name.startsWith('__CF'));
    expect(Object.fromEntries(given)).toEqual({
      PATH: process.env.PATH,
      HOME: '/home/baker',
      LC_ALL: 'C',
      TERM: 'dumb',
      TEAM: 'bakers',
      HEALFLOW_FIX: 'kube_login',
      HEALFLOW_TARGET: 'staging',
      HEALFLOW_TOOL: 'k8s_get_pods',
    });
  });

  it('says so where its program is missing', async () => {
    const kube_login = { command: ['kubelogin-of-nobody'] };
    expect(await fixOf('kube_login', { kube_login }, { baseDir: '/' }).run(requestOf())).toMatchObject({
      status: 'failed',
      reason: 'the command kubelogin-of-nobody was not found on PATH',
    });
  });

  it('runs in the folder of the config, or in the configured one', async () => {
    const folder = temporaryFolder();
    const command = program('appends.mjs', 'here', 'ran');
    await fixOf('kube_login', { kube_login: { command } }, { baseDir: folder }).run(requestOf());
    expect(existsSync(join(folder, 'here'))).toBe(true);
    await fixOf(
      'kube_login',
      { kube_login: { command, cwd: '~' } },
      { baseDir: '/nowhere', env: { HOME: join(folder) } },
    ).run(requestOf());
    expect(readFileSync(join(folder, 'here'), 'utf8')).toBe('ran\nran\n');
  });
});
