import { describe, expect, it } from 'vitest';
import { vpnConnectSchema } from '../../src/config/fix-schema.ts';
import type { FixContext } from '../../src/runner/context.ts';
import { rulesOf } from '../../src/sharing/rules.ts';

const written = {
  command: ['gatewayctl', 'restart', 'eu-1'],
  probe: { tcp: 'intranet.example.com:443' },
  share: { fleet: 'gateway' },
};
const digestOf = (more: object = {}, target = 'default', baseDir = '/a'): string | undefined => {
  const context = { baseDir, env: {} } as unknown as FixContext;
  const entry = vpnConnectSchema.parse({ ...written, ...more });
  return rulesOf({ name: 'vpn_connect', key: `host:vpn_connect:${target}` }, entry, context).approvalDigest;
};

describe('the digest to which an approval is bound', () => {
  it('is the same on all machines, whatever says only when the fix runs', () => {
    const limits = { mode: 'ask', cooldownMs: 1, timeoutMs: 9_000, tools: 'x', budget: { runs: 1 } };
    expect(digestOf(limits, 'default', '/b')).toBe(digestOf());
  });

  it.each([
    ['command', digestOf({ command: ['gatewayctl', 'restart', 'eu-2'] })],
    ['target', digestOf({}, 'other')],
    ['folder', digestOf({ cwd: '/elsewhere' })],
    ['probe', digestOf({ probe: { tcp: 'other.example.com:443' } })],
    ['fleet name', digestOf({ share: { fleet: 'other' } })],
  ])('is another one for another %s', (_what, changed) => {
    expect(changed).toMatch(/^[0-9a-f]{32}$/);
    expect(changed).not.toBe(digestOf());
  });

  it('is there only for a fleet', () => {
    expect(digestOf({ share: undefined })).toBeUndefined();
  });
});
