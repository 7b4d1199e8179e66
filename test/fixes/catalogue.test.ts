import { describe, expect, it } from 'vitest';
import { fixNames } from '../../src/model/terms.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { callOf, catalogueOf, fixOf, program, requestOf } from './support.ts';

describe('the catalogue', () => {
  it('offers nothing but the waits where nothing is configured', () => {
    const found = fixNames.map((name) => [name, catalogueOf({}).select(name, callOf())]);
    expect(Object.fromEntries(found)).toEqual({
      kube_login: { code: 'FIX_NOT_CONFIGURED', reason: 'kube_login is not configured' },
      token_refresh: { code: 'FIX_NOT_CONFIGURED', reason: 'token_refresh is not configured' },
      vpn_connect: { code: 'FIX_NOT_CONFIGURED', reason: 'vpn_connect is not configured' },
      cache_clear: { code: 'FIX_NOT_CONFIGURED', reason: 'cache_clear is not configured' },
      retry_backoff: expect.objectContaining({ name: 'retry_backoff', key: 'host:retry_backoff:default' }),
      wait_retry: expect.objectContaining({ name: 'wait_retry', key: 'host:wait_retry:default' }),
    });
  });

  it('shows no secret and no escape sequence in a refusal or a description', () => {
    const kube_login = { command: ['login', '--password', 'dummy-secret', '\u001b[31mred'], clusters: { staging: {} } };
    const select = (cluster: string) => catalogueOf({ kube_login }).select('kube_login', callOf({ args: { cluster } }));
    expect(select('staging')).toMatchObject({
      description: expect.stringMatching(/^runs login --password \[redacted\] /),
    });
    expect(JSON.stringify(select('staging'))).not.toContain('dummy-secret');
    const { reason } = select(`dummy-secret${'x'.repeat(10_000)}\u001b[2J`) as { reason: string };
    expect(reason).toMatch(/^the cluster "\[redacted\]x+…$/);
    expect(reason).toHaveLength(500);
  });

  it('masks the whole of a secret with spaces', () => {
    const kube_login = { command: ['login', '--password=two words', '--verbose'] };
    const { description } = fixOf('kube_login', { kube_login }, { redact: createRedactor() });
    expect(description).toBe("runs login --password='[redacted]' --verbose");
  });

  it('keys a fix by its target and cluster', () => {
    const kube_login = { command: ['login'], clusters: { staging: {} }, target: 'team' };
    expect(fixOf('kube_login', { kube_login }).key).toBe('host:kube_login:team/staging');
  });
});

describe('every fix', () => {
  const kube_login = { command: program('ends.mjs') };

  it.each([0, -1, Number.NaN])('is not started where the deadline leaves %s ms', async (remainingMs) => {
    expect(await fixOf('kube_login', { kube_login }, { baseDir: '/' }).run(requestOf({ remainingMs }))).toMatchObject({
      status: 'refused',
      reason: 'not started: the deadline leaves 0 ms for it',
    });
  });

  it('is not started for a caller who is gone, and says whether it was the deadline', async () => {
    const fix = fixOf('kube_login', { kube_login }, { baseDir: '/' });
    expect(await fix.run(requestOf({ signal: AbortSignal.abort() }))).toMatchObject({ status: 'cancelled' });
    const late = AbortSignal.abort(new DOMException('too late', 'TimeoutError'));
    expect(await fix.run(requestOf({ signal: late }))).toMatchObject({
      status: 'refused',
      reason: 'not started: the deadline has passed',
    });
  });
});
