import { describe, expect, it } from 'vitest';
import type { FixRequest } from '../../src/model/fix.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { callOf, catalogueOf, fixOf, requestOf } from './support.ts';

describe('a fix by function', () => {
  it('needs no entry in the config, and receives the failure', async () => {
    let told: FixRequest | undefined;
    const kube_login = (request: FixRequest) => {
      told = request;
    };
    const fix = fixOf('kube_login', {}, { functions: { kube_login } });
    expect(fix).toMatchObject({ name: 'kube_login', key: 'host:kube_login:default' });
    expect(await fix.run(requestOf({ args: { cluster: 'staging' } }))).toMatchObject({
      fix: 'kube_login',
      status: 'succeeded',
      reason: 'the function succeeded',
    });
    expect(told).toMatchObject({ tool: 'k8s_get_pods', args: { cluster: 'staging' }, remainingMs: 30_000 });
  });

  it.each([
    ['resolves with false', async () => false, 'the function returned false'],
    ['rejects', () => Promise.reject(new Error('no dummy-secret')), 'the function failed: no [redacted]'],
    ['throws undefined', () => Promise.reject(undefined), 'the function failed: undefined'],
    [
      'throws at once',
      () => {
        throw new TypeError('bad\u001b[31m\nnews');
      },
      'the function failed: bad news',
    ],
  ])('that %s has failed', async (_how, run, reason) => {
    const fix = fixOf('token_refresh', {}, { functions: { token_refresh: run } });
    expect(await fix.run(requestOf())).toMatchObject({ status: 'failed', reason });
  });

  it('is left behind when its time is up, though it does not listen to its signal', async () => {
    const clock = new FakeClock();
    let signal: AbortSignal | undefined;
    const run = (request: FixRequest) => {
      signal = request.signal;
      return new Promise(() => {});
    };
    const report = fixOf('vpn_connect', {}, { clock, functions: { vpn_connect: { run, timeoutMs: 700 } } }).run(
      requestOf(),
    );
    await clock.advance(700);
    expect(await report).toMatchObject({
      status: 'timed_out',
      reason: 'not done within 700 ms: the function had not ended',
      durationMs: 700,
    });
    expect(signal?.aborted).toBe(true);
  });

  it('gets no more time than the deadline leaves', async () => {
    const clock = new FakeClock();
    const functions = { vpn_connect: () => new Promise(() => {}) };
    const report = fixOf('vpn_connect', {}, { clock, functions }).run(requestOf({ remainingMs: 300 }));
    await clock.advance(300);
    expect(await report).toMatchObject({ status: 'timed_out', durationMs: 300 });
  });

  it('is not run where its probe says that all is well', async () => {
    const run = () => {
      throw new Error('must not run');
    };
    const fix = fixOf('kube_login', {}, { functions: { kube_login: { run, probe: () => true } } });
    expect(await fix.run(requestOf())).toMatchObject({
      status: 'not_needed',
      reason: 'not needed: the probe succeeded',
    });
  });

  it.each([
    ['says yes', () => true, 'succeeded'],
    ['says no', () => false, 'failed'],
    ['throws', () => Promise.reject(new Error('broken')), 'failed'],
  ])('counts as %s when its probe afterwards does', async (_how, second, status) => {
    let asked = 0;
    const probe = async () => {
      asked += 1;
      return asked === 1 ? false : second();
    };
    const fix = fixOf('kube_login', {}, { functions: { kube_login: { run: () => {}, probe } } });
    expect((await fix.run(requestOf())).status).toBe(status);
    expect(asked).toBe(2);
  });

  it('serves only the tools that it names; others go by the config', () => {
    const functions = { kube_login: { run: () => {}, tools: ['k8s_*'], target: 'prod' } };
    const catalogue = catalogueOf({}, { functions });
    expect(catalogue.select('kube_login', callOf())).toMatchObject({ key: 'host:kube_login:prod' });
    expect(catalogue.select('kube_login', callOf({ tool: 'gitlab_issues' }))).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'kube_login is not configured',
    });
  });

  it('may tell its target from the call', () => {
    const functions = {
      kube_login: { run: () => {}, target: ({ args }: { args: object }) => String(Object.values(args)) },
    };
    const call = callOf({ args: { cluster: 'staging' } });
    expect(catalogueOf({}, { functions }).select('kube_login', call)).toMatchObject({ key: 'host:kube_login:staging' });
  });
});
