import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadDigestArgs } from '../../src/learning/args-digest.ts';
import { checkWaitingCall, listWaitingCalls } from '../../src/learning/ask-checks.ts';
import { checksFolder } from '../../src/learning/checks-protocol.ts';
import { offerChecks } from '../../src/learning/offer-checks.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { WaitingCalls } from '../../src/learning/waiting-calls.ts';
import { temporaryFolder } from '../event-log/events.ts';

const open = async () => {
  const stateDir = join(temporaryFolder(), 'state');
  const clock = systemClock;
  const waiting = new WaitingCalls({ clock, signatureOf, digestArgs: await loadDigestArgs(stateDir) });
  let made = 0;
  waiting.add({
    ...{ tool: 'get_pods', line: 'connection refused', class: 'network', args: { cluster: 'stage' }, since: 1 },
    again: async () => {
      made += 1;
      return { result: 'failed', line: 'connection refused' };
    },
  });
  const close = await offerChecks({ waiting, stateDir, memoryDir: '/memory', clock });
  onTestFinished(close);
  return { stateDir, clock, close, waiting, calls: () => made };
};

describe('the calls that wait in a process', () => {
  it('are listed and checked from another one', async () => {
    const { stateDir, clock, calls } = await open();
    const [call, ...others] = await listWaitingCalls(stateDir, clock);
    expect(others).toEqual([]);
    expect(call).toMatchObject({ tool: 'get_pods', canCheck: true, line: 'connection refused', class: 'network' });
    expect(call?.args).toMatch(/^[0-9a-f]{16}$/);
    if (call === undefined) throw new Error('no call');
    expect(await checkWaitingCall(call, 5_000, clock)).toMatchObject({ result: 'failed', signature: call.signature });
    expect(calls()).toBe(1);
    expect((await checkWaitingCall({ ...call, id: 'other' }, 5_000, clock)).result).toBe('unknown');
  });

  it('are offered to this user alone, and to nobody without the token', async () => {
    const { stateDir, clock, calls } = await open();
    const [call] = await listWaitingCalls(stateDir, clock);
    const [file = ''] = readdirSync(join(stateDir, checksFolder));
    if (process.platform !== 'win32') {
      expect(statSync(join(stateDir, checksFolder)).mode & 0o777).toBe(0o700);
      expect(statSync(join(stateDir, checksFolder, file)).mode & 0o777).toBe(0o600);
    }
    if (call === undefined) throw new Error('no call');
    const { port } = call.process;
    for (const headers of [{}, { authorization: 'Bearer x' }]) {
      const response = await fetch(`http://127.0.0.1:${port}/check?id=${call.id}`, { method: 'POST', headers });
      expect(response.status).toBe(401);
    }
    const byGet = await fetch(`http://127.0.0.1:${port}/check?id=${call.id}`, {
      headers: { authorization: `Bearer ${call.process.token}` },
    });
    expect(byGet.status).toBe(404);
    expect(calls()).toBe(0);
  });

  it('are gone with the process, also if it left its file', async () => {
    const { stateDir, clock, close } = await open();
    const [call] = await listWaitingCalls(stateDir, clock);
    if (call === undefined) throw new Error('no call');
    await close();
    expect(readdirSync(join(stateDir, checksFolder))).toEqual([]);
    expect((await checkWaitingCall(call, 5_000, clock)).result).toBe('unknown');
    const left = join(stateDir, checksFolder, 'left.json');
    const dead = { ...call.process, id: 'left', pid: 2 ** 22 - 1, start: 'long ago' };
    writeFileSync(left, JSON.stringify(dead), { mode: 0o600 });
    expect(await listWaitingCalls(stateDir, clock)).toEqual([]);
    expect(existsSync(left)).toBe(false);
  });
});
