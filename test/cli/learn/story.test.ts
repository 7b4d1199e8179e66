import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { signatureOf } from '../../../src/learning/signature.ts';
import { aRecovery, openRepairs } from '../../learning/records.ts';
import { program, repair, server, type World, world } from '../repair-world.ts';

/** Whether a command can be given a terminal here: `script` of util-linux. */
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
if (!hasScript) console.warn('SKIPPED: the whole story of a lesson needs `script` of util-linux');

/** A client of a proxy in front of the server. It cannot be asked anything. */
const openProxy = async ({ folder, env, path }: World) => {
  const args = [program, 'proxy', '--', process.execPath, server, path('flag'), path('calls')];
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stderr: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => stderr.push(chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method: string, params: object): Promise<{ result?: { isError?: boolean } }> => {
    id += 1;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the proxy has ended: ${stderr.join('')}`);
      const message = JSON.parse(value);
      if (message.id === id) return message;
    }
  };
  const clientInfo = { name: 'test', version: '1' };
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  await ask('tools/list', {});
  const fails = async () => (await ask('tools/call', { name: 'get_pods', arguments: {} })).result?.isError === true;
  return { fails, stderr };
};

/** Runs a command of healflow; with a text to type, on a terminal. */
const healflow = async ({ folder, env }: World, args: readonly string[], typed?: string) => {
  const argv = [process.execPath, program, ...args];
  const [command = '', ...rest] =
    typed === undefined ? argv : ['script', '--quiet', '--return', '--command', argv.join(' '), '/dev/null'];
  const child = spawn(command, rest, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(typed === undefined ? '' : `${typed}\n`);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, output: stdout + stderr };
};

const minuteMs = 60_000;

/** What earlier outages have left in the log: the failure never ended by itself, not even in ten minutes. */
const earlierOutages = ({ path }: World, count: number): void => {
  const { id: sig } = signatureOf('Error: connect ECONNREFUSED 10.0.0.1:443');
  const { log } = openRepairs(path('memory'));
  for (let day = 1; day <= count; day += 1) {
    const timestamp = new Date(Date.now() - day * 24 * 60 * minuteMs).toISOString();
    const gap = aRecovery({ sig, tool: 'get_pods', window_ms: 10 * minuteMs, timestamp });
    log.append({ ...gap, kind: 'still_failing', args: String(day).padStart(16, '0') });
  }
};

/** The odds that a text says last. */
const oddsIn = (output: string): number => Number(/odds ([\d,.]+):1/.exec(output)?.[1]?.replaceAll(',', '') ?? 0);

it.skipIf(!hasScript)(
  'learns a fix from repairs, tries it in the shadow, heals by itself once approved, and stops once the fix is broken',
  { timeout: 300_000 },
  async () => {
    const here = await world();
    const { path } = here;
    const fix = path('fix');
    writeFileSync(fix, `#!/bin/sh\ntest -e '${path('broken')}' || : >'${path('flag')}'\n`);
    chmodSync(fix, 0o755);
    const own = { restart_tunnel: { command: [fix], cooldownMs: 0, budget: { runs: 1_000, windowMs: minuteMs } } };
    writeFileSync(
      here.configFile,
      JSON.stringify({
        ...{ attempts: 2, outagePatienceMs: 0, breaker: { failures: 1_000 } },
        learn: { control: 0 },
        fixes: { own, retry_backoff: false },
      }),
    );
    earlierOutages(here, 14);
    const { fails, stderr } = await openProxy(here);
    const breakDown = () => rmSync(path('flag'), { force: true });
    const rung = () => parse(readFileSync(path('lessons/tunnel.yaml'), 'utf8')).rung;

    // A person repairs it, at most five times.
    let repairs = 0;
    for (let odds = 0; odds < 100; repairs += 1) {
      expect(repairs).toBeLessThan(5);
      breakDown();
      expect(await fails()).toBe(true);
      const { code, stderr: said } = await repair(here, '--', fix);
      expect([code, said]).toEqual([0, expect.stringMatching(/failing before, working after/)]);
      odds = oddsIn(said);
      expect(await fails()).toBe(false);
    }

    const [failure] = JSON.parse((await healflow(here, ['learn', '--json'])).output).failures;
    expect(failure).toMatchObject({ natural: { recovered: 0 }, actions: [{ use: 'own:restart_tunnel' }] });
    expect(await healflow(here, ['learn', 'propose', failure.sig, '--name', 'tunnel'])).toMatchObject({ code: 0 });
    expect(rung()).toBe('proposed');
    expect((await healflow(here, ['backtest', 'tunnel'])).output).toMatch(/no false match/);

    // Without a terminal, nobody has typed the name.
    expect(await healflow(here, ['learn', 'shadow', 'tunnel'])).toMatchObject({ code: 1 });
    expect(rung()).toBe('proposed');
    expect(await healflow(here, ['learn', 'shadow', 'tunnel'], 'tunnel')).toMatchObject({ code: 0 });
    breakDown();
    expect(await fails()).toBe(true);
    expect(existsSync(path('flag'))).toBe(false);

    expect(await healflow(here, ['learn', 'ask', 'tunnel'], 'tunnel')).toMatchObject({ code: 0 });
    // This client cannot ask anybody.
    expect(await fails()).toBe(true);
    expect(await healflow(here, ['learn', 'auto', 'tunnel'], 'tunnel')).toMatchObject({ code: 0 });
    expect(await fails()).toBe(false);
    expect(stderr.join('')).toContain('lesson:tunnel');

    writeFileSync(path('broken'), '');
    for (let runs = 0; runs < 10; runs += 1) {
      breakDown();
      expect(await fails()).toBe(true);
    }
    // It is judged beside the calls.
    await vi.waitFor(() => expect(rung()).toBe('ask'), { timeout: minuteMs / 2 });
    expect(stderr.join('')).toContain('the lesson tunnel was moved from `auto` to `ask`');
    expect(readdirSync(path('lessons'))).toEqual(['tunnel.yaml']);
  },
);
