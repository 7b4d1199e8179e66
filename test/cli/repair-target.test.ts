import { expect, it } from 'vitest';
import { chooseTarget } from '../../src/cli/repair-target.ts';
import type { RemoteCall } from '../../src/learning/ask-checks.ts';
import { signatureOf } from '../../src/learning/signature.ts';

const aCall = (line: string, since: number, more: Partial<RemoteCall> = {}): RemoteCall => ({
  ...{ id: line, tool: 'get_logs', signature: signatureOf(line), class: 'server', line, since, canCheck: true },
  ...{ args: '0123456789abcdef', memoryDir: '/nowhere' },
  process: { id: 'a', pid: 1, start: null, port: 1, token: 'dummy', title: 'proxy', startedAt: 0 },
  ...more,
});

const chosen = (calls: readonly RemoteCall[]) => chooseTarget(calls, {}, '/nowhere', 10_000);

it('chooses the newest failure of a call that has failed in several ways', async () => {
  const older = aCall('mount is detached from its node', 1_000);
  const newer = aCall('the volume is not attached', 2_000);
  for (const calls of [
    [newer, older],
    [older, newer],
  ])
    expect(await chosen(calls)).toMatchObject({ line: newer.line });
});

it('asks which one if two calls wait', async () => {
  const older = aCall('mount is detached from its node', 1_000);
  const newer = aCall('the volume is not attached', 2_000, { args: 'fedcba9876543210' });
  await expect(chosen([newer, older])).rejects.toThrow('2 failures wait');
});
