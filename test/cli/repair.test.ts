import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { triedDigest } from '../../src/learning/lesson.ts';
import { writeLesson } from '../../src/learning/lesson-file.ts';
import { lessonSchema } from '../../src/learning/lesson-schema.ts';
import { redact } from '../learning/lessons.ts';
import { aTrial, openRepairs, readAllRepairs } from '../learning/records.ts';
import { cli, program, repair, server, type World, world } from './repair-world.ts';

type Proxy = ChildProcessByStdio<Writable, Readable, null>;

const repairsOf = async ({ folder }: World) =>
  (await readAllRepairs(join(folder, 'memory'))).records.filter(({ kind }) => kind === 'repaired');

/** A client of a proxy in front of the server. */
const openProxy = async ({ folder, env, path }: World) => {
  const args = [program, 'proxy', '--', process.execPath, server, path('flag'), path('calls')];
  const child: Proxy = spawn(process.execPath, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method: string, params: object): Promise<{ result?: { isError?: boolean } }> => {
    id += 1;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('the proxy has ended');
      const message = JSON.parse(value);
      if (message.id === id) return message;
    }
  };
  const clientInfo = { name: 'test', version: '1' };
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  await ask('tools/list', {});
  const call = (name: string) => ask('tools/call', { name, arguments: { secret: 'dummy-argument' } });
  return { child, call };
};

// Programs are started, on a busy machine slowly.
const timeout = 120_000;

describe('healflow repair', { timeout }, () => {
  it('checks the failing call in its proxy right before and right after the command, and records it', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    expect((await call('get_pods')).result?.isError).toBe(true);
    expect(here.callsOf('get_pods')).toBe(1);
    const { code, stderr, stdout } = await repair(here, '--tool', 'get_pods', '--', ...here.fix);
    expect(stderr).toMatch(/get_pods fails: .*ECONNREFUSED/);
    expect(stderr).toMatch(/get_pods: failing before, working after [\d.]+ m?s; 1 of 1, odds 1\.5:1/);
    expect([code, stdout]).toEqual([0, '']);
    expect(here.callsOf('get_pods')).toBe(3);
    expect((await call('get_pods')).result?.isError).toBeUndefined();
    const { records, damage } = await readAllRepairs(join(here.folder, 'memory'));
    expect(damage).toEqual([]);
    expect(records.filter(({ kind }) => kind === 'repaired')).toEqual([
      expect.objectContaining({
        ...{ kind: 'repaired', tool: 'get_pods', checked: 'call', before: 'failed', after: 'succeeded' },
        action: { run: here.fix },
        args: expect.stringMatching(/^[0-9a-f]{16}$/),
      }),
    ]);
    expect(readFileSync(here.path('memory/learned/repairs.yaml'), 'utf8')).not.toContain('dummy-argument');
  });

  it('lists the failures if several wait, in two proxies, and checks the chosen one alone', async () => {
    const here = await world();
    const [one, other] = await Promise.all([openProxy(here), openProxy(here)]);
    await one.call('get_pods');
    await other.call('list_nodes');
    const several = await repair(here, '--', ...here.fix);
    expect(several.code).toBe(2);
    expect(several.stderr).toMatch(/2 failures wait; choose one with --tool NAME or --sig ID:/);
    expect(several.stderr).toMatch(/[0-9a-f]{16} {2}list_nodes .*token has expired/);
    expect(several.stderr).toMatch(/[0-9a-f]{16} {2}get_pods {4}\d+ s ago/);
    expect(several.lines.filter((line) => line.length > 80)).toEqual([]);
    expect(existsSync(here.path('flag'))).toBe(false);
    const made = here.callsOf('get_pods');
    const { code } = await repair(here, '--tool', 'list_*', '--', ...here.fix);
    expect(code).toBe(0);
    expect(here.callsOf('get_pods')).toBe(made);
    expect(await repairsOf(here)).toMatchObject([{ tool: 'list_nodes' }]);
  });

  it('prints the odds that `healflow learn` shows: the trials of lessons count', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    await repair(here, '--tool', 'get_pods', '--', ...here.fix);
    const [{ sig = '' } = {}] = await repairsOf(here);
    const lesson = lessonSchema.parse({
      pattern: { id: sig, class: 'network', text: 'ECONNREFUSED', tools: ['get_pods'], examples: ['ECONNREFUSED'] },
      fix: { run: here.fix },
      rung: 'proposed',
    });
    const { log } = openRepairs(here.path('memory'));
    const trial = { tool: 'get_pods', sig, mode: 'run', needless: false, digest: triedDigest(lesson) } as const;
    for (const minute of ['10', '20', '30']) {
      log.append(aTrial({ ...trial, after: 'succeeded', timestamp: `2026-11-01T10:${minute}:00.000Z` }));
    }
    await writeLesson(here.path('lessons'), 'tunnel', lesson, { redact });
    rmSync(here.path('flag'));
    await call('get_pods');
    const { stderr } = await repair(here, '--tool', 'get_pods', '--', ...here.fix);
    const shown = await cli(here, 'learn');
    const [, odds] = /after .*5 of 5 .*: odds\s+(\S+)/s.exec(shown.stdout) ?? [];
    expect(odds).toMatch(/^[\d.]+:1$/);
    expect(stderr).toContain(`; 5 of 5, odds ${odds}\n`);
  });

  it('never makes a call again that may change something: only a probe is evidence', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('restart_pod');
    const made = here.callsOf('restart_pod');
    const note = await repair(here, '--', process.execPath, '-e', '0');
    expect(note.code).toBe(0);
    expect(note.stderr).toMatch(/nothing could be checked; recorded as a note, which is no evidence/);
    const probe = JSON.stringify([
      process.execPath,
      '-e',
      `require('fs').statSync(${JSON.stringify(here.path('flag'))})`,
    ]);
    const probed = await repair(here, '--probe', probe, '--', ...here.fix);
    expect(probed.stderr).toMatch(/the probe for restart_pod: failing before, working after/);
    expect(here.callsOf('restart_pod')).toBe(made);
    expect(await repairsOf(here)).toMatchObject([
      { checked: null, before: 'unknown', after: 'unknown' },
      { checked: 'probe', before: 'failed', after: 'succeeded' },
    ]);
  });

  it('does not run a command if the call succeeds already, unless it is forced to', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    writeFileSync(here.path('flag'), '');
    const ran = here.path('ran');
    const write = [process.execPath, here.path('fix.mjs'), ran];
    const { code, stderr } = await repair(here, '--', ...write);
    expect(code).toBe(0);
    expect(stderr).toMatch(/get_pods succeeds already/);
    expect(existsSync(ran)).toBe(false);
    expect(await repairsOf(here)).toEqual([]);
    rmSync(here.path('flag'));
    await call('get_pods');
    writeFileSync(here.path('flag'), '');
    const forced = await repair(here, '--force', '--', ...write);
    expect(forced.stderr).toMatch(/working before, working after .*; recorded as a note, which is no evidence/);
    expect(existsSync(ran)).toBe(true);
    expect(await repairsOf(here)).toMatchObject([{ before: 'succeeded' }]);
  });

  it('knows nothing of the end if the process dies meanwhile, and does not wait for it', async () => {
    const here = await world();
    const { child, call } = await openProxy(here);
    await call('get_pods');
    const kill = [process.execPath, '-e', `process.kill(${child.pid}, 'SIGKILL')`];
    const { code, stderr } = await repair(here, '--', ...kill);
    expect(stderr).toMatch(/failing before, not known whether it works after/);
    expect(code).toBe(0);
    expect(await repairsOf(here)).toMatchObject([{ before: 'failed', after: 'unknown' }]);
    const later = await repair(here, '--', ...here.fix);
    expect(later).toMatchObject({ code: 2, stdout: '' });
    expect(later.stderr).toMatch(
      /no failing call waits: the last failure of get_pods \(\d+ s ago\) is over, or its process has ended; --force runs it anyway/,
    );
    expect(existsSync(here.path('flag'))).toBe(false);
    expect(await repairsOf(here)).toHaveLength(1);
    const forced = await repair(here, '--force', '--', ...here.fix);
    expect(forced.stderr).toMatch(/get_pods failed: .*ECONNREFUSED/);
    expect(forced.stderr).toMatch(/nothing could be checked.* no process knows the failing call/s);
    expect(existsSync(here.path('flag'))).toBe(true);
    expect(forced.code).toBe(0);
  });

  it('is refused if the failure is over, unless a probe is there to check', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    writeFileSync(here.path('flag'), '');
    expect((await call('get_pods')).result?.isError).toBeUndefined();
    const ran = here.path('ran');
    const write = [process.execPath, here.path('fix.mjs'), ran];
    const { code, stderr } = await repair(here, '--', ...write);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no failing call waits')]);
    expect(existsSync(ran)).toBe(false);
    const probe = JSON.stringify([process.execPath, '-e', `require('fs').statSync(${JSON.stringify(ran)})`]);
    expect((await repair(here, '--probe', probe, '--', ...write)).stderr).toMatch(/failing before, working after/);
    expect(await repairsOf(here)).toMatchObject([{ checked: 'probe' }]);
  });

  it('says that it goes on checking, and stops on Ctrl-C', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    const child = spawn(process.execPath, [program, 'repair', '--', process.execPath, '-e', '0'], {
      ...{ cwd: here.folder, env: here.env, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stderr = '';
    for await (const chunk of child.stderr.setEncoding('utf8')) {
      stderr += chunk;
      if (!child.killed && stderr.includes('get_pods: still failing; checking for up to 30 s; Ctrl-C ends that'))
        child.kill('SIGINT');
    }
    expect(stderr.match(/still failing; checking/g)).toHaveLength(1);
    expect(stderr).toMatch(/not known whether it works after/);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(130);
  });

  it('passes the exit code of the command on, and records no success of one that failed', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    const script = `require('fs').writeFileSync(${JSON.stringify(here.path('flag'))}, ''); process.exit(7)`;
    const { code, stderr } = await repair(here, '--', process.execPath, '-e', script);
    expect(code).toBe(7);
    expect(stderr).toMatch(/ended with code 7/);
    const repairs = async () => await repairsOf(here);
    expect(await repairs()).toMatchObject([{ checked: null }]);
    rmSync(here.path('flag'));
    await call('get_pods');
    const missing = await repair(here, '--', 'no-such-command-here');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/was not found on PATH; nothing was recorded/);
  });

  it('counts a command that failed as a failed repair if the call still fails after it', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('get_pods');
    const { code, stderr } = await repair(here, '--', process.execPath, '-e', 'process.exit(7)');
    expect(code).toBe(7);
    expect(stderr).toMatch(/ended with code 7\n.*still failing; checking for up to 30 s; Ctrl-C ends that\n/);
    expect(stderr).toMatch(/failing before, still failing after .*; 0 of 1/);
    const { records } = await readAllRepairs(join(here.folder, 'memory'));
    expect(records.filter(({ kind }) => kind === 'repaired')).toMatchObject([
      { checked: 'call', before: 'failed', after: 'failed' },
    ]);
  });

  it('says what is wrong: no command, no failure, no probe', async () => {
    const here = await world();
    expect(await repair(here)).toMatchObject({ code: 2, stderr: expect.stringContaining('no command was given') });
    expect(await repair(here, '--tool', 'x', '--', 'true')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('no failure of x waits') },
    });
    const { call } = await openProxy(here);
    await call('restart_pod');
    expect(await repair(here, '--probe', 'a | b', '--', 'true')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('is not a probe') },
    });
  });

  it('runs and records nothing if the probe cannot be run', async () => {
    const here = await world();
    const { call } = await openProxy(here);
    await call('restart_pod');
    await call('get_pods');
    for (const tool of ['restart_pod', 'get_pods']) {
      expect(await repair(here, '--tool', tool, '--probe', 'foo:bar', '--', ...here.fix)).toMatchObject({
        ...{
          code: 2,
          stderr: expect.stringMatching(/--probe foo:bar: there is no program foo:bar in PATH; use\s+tcp:/),
        },
      });
    }
    expect(existsSync(here.path('flag'))).toBe(false);
    expect(await repairsOf(here)).toEqual([]);
  });
});
