import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FixFunctions } from '../../fixes/catalogue.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createHealer } from '../../src/healer/create.ts';
import { callOf, catalogueOf, fixOf, requestOf, temporaryFolder } from './support.ts';

type Fixes = NonNullable<ConfigInput['fixes']>;
const repairs = ['kube_login', 'token_refresh', 'vpn_connect', 'cache_clear'] as const;
const delays = ['retry_backoff', 'wait_retry'] as const;
const run = () => {};
const limits = { mode: 'dry-run', cooldownMs: 7, budget: { runs: 2, windowMs: 9 } } as const;

describe('what healflow.yaml says for a fix holds if the fix is a function', () => {
  it.each(repairs)('mode, cooldownMs, budget, timeoutMs and target of %s', (name) => {
    const entry = { ...limits, timeoutMs: 11, target: 'there' };
    for (const given of [run, { run, mode: 'auto', cooldownMs: 1, timeoutMs: 1, target: 'here' } as const]) {
      const fix = fixOf(name, { [name]: entry }, { functions: { [name]: given } });
      expect(fix).toMatchObject({ key: `host:${name}:there`, rules: { ...limits, timeoutMs: 11, scope: 'process' } });
    }
  });

  it.each(repairs)('the function of %s decides about what healflow.yaml does not say', (name) => {
    const given = { run, ...limits, timeoutMs: 11, target: 'here' } as const;
    const fix = fixOf(name, { [name]: { tools: 'k8s_*', budget: { runs: 5 } } }, { functions: { [name]: given } });
    const rules = { ...limits, budget: { runs: 5, windowMs: 9 }, timeoutMs: 11 };
    expect(fix).toMatchObject({ key: `host:${name}:here`, rules });
  });

  it.each([...repairs, ...delays])('tools of %s', (name) => {
    const catalogue = catalogueOf({ [name]: { tools: 'gitlab_*' } }, { functions: { [name]: run } });
    expect(catalogue.select(name, callOf({ tool: 'gitlab_issues' }))).toMatchObject({ name });
    expect(catalogue.select(name, callOf({ tool: 'other' }))).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: `${name} is not configured for the tool other`,
    });
  });

  it.each(repairs)('each of several entries of %s for its own tools', (name) => {
    const entries = [
      { tools: 'gitlab_*', cooldownMs: 1 },
      { tools: ['k8s_*'], cooldownMs: 2, mode: 'ask' },
    ];
    const catalogue = catalogueOf({ [name]: entries } as Fixes, { functions: { [name]: run } });
    expect(catalogue.select(name, callOf({ tool: 'gitlab_x' }))).toMatchObject({
      key: `host:${name}:default`,
      rules: { cooldownMs: 1, mode: 'auto' },
    });
    expect(catalogue.select(name, callOf({ tool: 'k8s_x' }))).toMatchObject({
      key: `host:${name}:default-2`,
      rules: { cooldownMs: 2, mode: 'ask' },
    });
    expect(catalogue.select(name, callOf({ tool: 'other' }))).toMatchObject({ code: 'FIX_NOT_CONFIGURED' });
  });

  it.each(delays)('false switches %s off', (name) => {
    const catalogue = catalogueOf({ [name]: false }, { functions: { [name]: run } });
    expect(catalogue.select(name, callOf())).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: `${name} is switched off`,
    });
  });

  it.each(['kube_login', 'token_refresh', 'vpn_connect'] as const)('the probe of %s', async (name) => {
    const given = { run: () => Promise.reject(new Error('must not run')), probe: () => false };
    const fix = fixOf(name, { [name]: { probe: { command: [process.execPath, '-e', ''] } } } as Fixes, {
      baseDir: temporaryFolder(),
      functions: { [name]: given },
    });
    expect(await fix.run(requestOf())).toMatchObject({ status: 'not_needed' });
  });

  it('the clusters that kube_login may log in to', () => {
    const fixes = { kube_login: { clusters: { staging: {}, prod: {} }, defaultCluster: 'staging' } };
    const catalogue = catalogueOf(fixes, { functions: { kube_login: run } });
    const select = (args: Record<string, unknown>) => catalogue.select('kube_login', callOf({ args }));
    expect(select({ cluster: 'prod' })).toMatchObject({ key: 'host:kube_login:prod' });
    expect(select({})).toMatchObject({ key: 'host:kube_login:staging' });
    expect(select({ cluster: 'other' })).toMatchObject({ code: 'CLUSTER_NOT_CONFIGURED' });
  });

  it('tools of the function hold too: another tool needs a command in healflow.yaml', () => {
    const functions = { vpn_connect: { run, tools: ['gitlab_*'] } };
    const catalogue = catalogueOf({ vpn_connect: { tools: '*' } }, { functions });
    expect(catalogue.select('vpn_connect', callOf({ tool: 'gitlab_x' }))).toMatchObject({ name: 'vpn_connect' });
    expect(catalogue.select('vpn_connect', callOf({ tool: 'k8s_x' }))).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'vpn_connect has no `command` and `probe`',
    });
  });
});

describe('a healer whose healflow.yaml has rules for a function', () => {
  const folder = (yaml: string): string => {
    const cwd = mkdtempSync(join(tmpdir(), 'healflow-function-'));
    writeFileSync(join(cwd, 'healflow.yaml'), yaml);
    return cwd;
  };

  it.each(repairs)('does not run %s in a dry run, nor for other tools', async (name) => {
    let runs = 0;
    const cwd = folder(`patternFiles: [patterns.yaml]\nfixes:\n  ${name}:\n    mode: dry-run\n    tools: "gitlab_*"\n`);
    const fixes: FixFunctions = {
      [name]: {
        run: () => {
          runs += 1;
        },
        mode: 'auto',
      },
    };
    const pattern = { id: 'test.down', class: 'network', fix: [name], text: '^down$', phase: 'before_effect' } as const;
    writeFileSync(join(cwd, 'patterns.yaml'), JSON.stringify([{ ...pattern, situation: 'not_sent', delivered: 'no' }]));
    await using healer = await createHealer({ cwd, fixes, env: { HEALFLOW_STATE_DIR: cwd } });
    const call = (tool: string) => healer.runOutcome(tool, () => Promise.reject(new Error('down')));
    expect(await call('gitlab_x')).toMatchObject({ refusal: { code: 'DRY_RUN' } });
    expect(await call('other')).toMatchObject({ refusal: { code: 'FIX_NOT_CONFIGURED' } });
    expect(runs).toBe(0);
  });

  it('still needs a command for a fix that is no function', async () => {
    const cwd = folder('fixes:\n  vpn_connect:\n    mode: dry-run\n');
    await expect(createHealer({ cwd })).rejects.toThrow("the key 'command' is missing");
  });
});
