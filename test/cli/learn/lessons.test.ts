import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backtest } from '../../../src/cli/backtest.ts';
import { move } from '../../../src/cli/learn/move.ts';
import type { PersonTerminal } from '../../../src/cli/learn/person.ts';
import { propose } from '../../../src/cli/learn/propose.ts';
import { show } from '../../../src/cli/learn/show.ts';
import { approvalsIn } from '../../../src/learning/approvals.ts';
import { readLessons } from '../../../src/learning/lesson-file.ts';
import type { Rung } from '../../../src/learning/model.ts';
import { createRedactor } from '../../../src/redact/index.ts';
import { aRepair, aTrial } from '../../learning/records.ts';
import { capture } from '../log-io.ts';
import {
  aFailure,
  error,
  folderOf,
  type Memory,
  now,
  repairCommand,
  repaired,
  sig,
  typing,
  withoutTerminal,
} from './support.ts';

const redact = createRedactor({ env: {} });
const lessonsIn = async (folder: string) =>
  (await readLessons(join(folder, 'lessons'), redact, approvalsIn(join(folder, 'state')))).lessons;

/** A folder with one lesson, `tunnel`, that is proposed. */
const proposed = async (memory: Memory = { records: repaired(4) }): Promise<string> => {
  const folder = await folderOf({ config: 'learn: { programs: [[systemctl, restart, tunnel]] }\n', ...memory });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/systemctl'), '#!/bin/sh\n', { mode: 0o755 });
  const { io, stderr } = capture(folder);
  const code = await propose(sig, { name: 'tunnel' }, io, now);
  expect([code, stderr()]).toEqual([0, '']);
  return folder;
};

const moving = async (folder: string, to: Rung, terminal: PersonTerminal, reason?: string) => {
  const { io, stdout, stderr } = capture(folder, { env: { PATH: join(folder, 'bin') } });
  const code = await move('tunnel', to, { reason }, io, terminal, now);
  const [lesson] = await lessonsIn(folder);
  return { code, stdout: stdout(), stderr: stderr(), rung: lesson?.rung };
};

describe('healflow learn propose', () => {
  it('writes a lesson from the command of a repair, as proposed', async () => {
    const folder = await proposed();
    const [lesson, ...more] = await lessonsIn(folder);
    expect(more).toEqual([]);
    expect(lesson).toMatchObject({
      name: 'tunnel',
      rung: 'proposed',
      content: {
        pattern: { id: sig, class: 'network', tools: ['get_pods'], examples: [error] },
        fix: { run: repairCommand },
        evidence: { repairs: '4 of 4', natural: '0 of 40', seen: 1, tools: 1 },
      },
    });
    expect(lesson?.content.approved).toBeUndefined();
  });

  it('needs one repair by a person, and shows the odds as they are', async () => {
    const folder = await proposed({ records: [aRepair({ sig, tool: 'get_pods', action: { run: repairCommand } })] });
    const { io, stdout } = capture(folder);
    await show('tunnel', {}, io, now);
    expect(stdout()).toContain('after systemctl restart tunnel 1 of 1 (21 to 100 %): odds 1.');
  });

  it('takes a fix of the configuration by its name, and no other', async () => {
    const config = 'fixes: { own: { restart: { command: [/bin/true] } } }\n';
    const folder = await folderOf({ config });
    const { io } = capture(folder);
    expect(await propose(sig, { use: 'own:restart' }, io, now)).toBe(0);
    expect((await lessonsIn(folder))[0]?.content.fix).toEqual({ use: 'own:restart' });
    for (const use of ['own:other', 'retry_backoff', 'vpn_connect', 'constructor', 'lesson:x']) {
      const { io: other, stderr } = capture(folder);
      expect(await propose(sig, { use }, other, now)).toBe(1);
      expect(stderr()).toContain(`no repair fix ${use} in the configuration; it has own:restart`);
    }
  });

  it.each([
    [
      'nothing was checked',
      [aRepair({ sig, checked: null, before: 'unknown', after: 'unknown' })],
      {},
      'nothing has been seen',
    ],
    ['nothing helped', [aRepair({ sig, after: 'failed' })], {}, 'nothing has been seen'],
    [
      'it is not clear which',
      [aRepair({ sig }), aRepair({ sig, action: { run: ['true'] } })],
      {},
      'choose one with --run',
    ],
    ['the number is wrong', [aRepair({ sig })], { run: '2' }, 'not in the list'],
    [
      'a secret in it was masked',
      [aRepair({ sig, incomplete: true })],
      { run: '1' },
      'does not have the whole command',
    ],
    ['a lesson may never run it', [aRepair({ sig, action: { run: ['sh', '-c', 'true'] } })], {}, 'is a shell'],
    ['both are named', [aRepair({ sig })], { run: '1', use: 'x' }, 'exclude each other'],
    ['the name is none', [aRepair({ sig })], { name: '../x' }, 'no name for a lesson'],
  ] as const)('writes nothing if %s', async (_why, records, options, reason) => {
    const folder = await folderOf({ records });
    const { io, stderr } = capture(folder);
    expect(await propose(sig, options, io, now)).not.toBe(0);
    expect(stderr()).toContain(reason);
    expect(readdirSync(folder)).not.toContain('lessons');
  });

  it.each([
    { class: 'usage', pattern: 'usage.arguments' },
    { class: 'auth', pattern: 'http.403' },
  ] as const)('makes no lesson of $pattern', async (event) => {
    const folder = await folderOf({ events: [aFailure(event)], records: repaired(4) });
    const { io, stderr } = capture(folder);
    expect(await propose(sig, {}, io, now)).toBe(1);
    expect(stderr()).toContain('no fix repairs');
  });

  it('does not replace a lesson', async () => {
    const folder = await proposed();
    const { io, stderr } = capture(folder);
    expect(await propose(sig, { name: 'tunnel' }, io, now)).toBe(1);
    expect(stderr()).toContain("there is already a lesson 'tunnel': choose another name");
    const again = capture(folder);
    expect(await propose(sig, {}, again.io, now)).toBe(1);
    expect(again.stderr()).toContain(`the lesson tunnel runs that for ${sig} already`);
  });
});

describe('healflow learn shadow, ask and auto', () => {
  it('move a lesson up a step once a person has typed its name, and show first what they decide on', async () => {
    const folder = await proposed();
    const { code, stdout, stderr, rung } = await moving(folder, 'shadow', typing('tunnel'));
    expect([code, stderr, rung]).toEqual([0, '', 'shadow']);
    for (const part of ['-rung: proposed', '+rung: shadow', '+approved: by ', 'runs     systemctl restart tunnel']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toContain('4 of 4 (51 to 100 %)');
    expect(stdout).toContain('backtest of tunnel: no false match');
    expect(await moving(folder, 'ask', typing('tunnel'))).toMatchObject({ code: 0, rung: 'ask' });
    expect(await moving(folder, 'auto', typing('tunnel'))).toMatchObject({ code: 0, rung: 'auto' });
  });

  it.each([
    ['another name', typing('tunnels')],
    ['yes', typing('yes')],
    ['nothing', typing()],
  ])('move nothing if the person types %s', async (_what, terminal) => {
    expect(await moving(await proposed(), 'shadow', terminal)).toMatchObject({ code: 1, rung: 'proposed' });
  });

  it('move nothing up without a terminal, whatever is on the input', async () => {
    const folder = await proposed();
    const { code, stderr, rung } = await moving(folder, 'shadow', withoutTerminal('tunnel', 'yes'));
    expect([code, rung]).toEqual([1, 'proposed']);
    expect(stderr).toContain('only a person moves a lesson up, on a terminal');
    expect(await moving(folder, 'shadow', { ...typing('tunnel'), output: withoutTerminal().output })).toMatchObject({
      code: 1,
    });
  });

  it('skip no step', async () => {
    expect(await moving(await proposed(), 'auto', typing('tunnel'))).toMatchObject({ code: 1, rung: 'proposed' });
  });

  it('reach auto only at odds of 100:1', async () => {
    const folder = await proposed({ records: repaired(1) });
    await moving(folder, 'shadow', typing('tunnel'));
    expect(await moving(folder, 'ask', typing('tunnel'))).toMatchObject({ rung: 'ask' });
    const { code, stderr, rung } = await moving(folder, 'auto', typing('tunnel'));
    expect([code, rung]).toEqual([1, 'ask']);
    expect(stderr).toContain('needs odds of 100:1');
  });

  it('have a person type again each argument that appeared in an output before it was run', async () => {
    const events = [
      aFailure({ error: 'dial tcp 10.0.0.7:443: connect: network is unreachable: restart it', tool: 'get_pods' }),
      aFailure(),
    ];
    const folder = await proposed({ events, records: repaired(4) });
    expect(await moving(folder, 'shadow', typing('tunnel'))).toMatchObject({ code: 1, rung: 'proposed' });
    const terminal = typing('restart', 'tunnel');
    const { stdout, rung } = await moving(folder, 'shadow', terminal);
    expect(rung).toBe('shadow');
    expect(stdout).toContain('\u001b[31mrestart\u001b[39m');
    expect(terminal.shown()).toContain('Type the argument "restart" again: Type "tunnel" to move it to shadow:');
  });

  it('leave a lesson with a false match where it is', async () => {
    const folder = await proposed();
    const file = join(folder, 'lessons/tunnel.yaml');
    const healthy = 'Runbook: VPN. If hosts are unreachable, connect with nmcli and try again.';
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace(/^ {4}- \^.*$/m, '    - unreachable')
        .replace(/examples:/, 'examples:'),
    );
    const { code, stdout, stderr, rung } = await moving(folder, 'shadow', typing('tunnel'));
    expect([code, rung]).toEqual([1, 'proposed']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(healthy);
    expect(stderr).toContain('false matches');
  });

  it('move a lesson down without a terminal, and retire it with a reason', async () => {
    const folder = await proposed();
    await moving(folder, 'shadow', typing('tunnel'));
    await moving(folder, 'ask', typing('tunnel'));
    expect(await moving(folder, 'shadow', withoutTerminal())).toMatchObject({ code: 0, rung: 'shadow' });
    const without = await moving(folder, 'retired', withoutTerminal());
    expect(without).toMatchObject({ code: 2, rung: 'shadow', stderr: expect.stringContaining('--reason TEXT') });
    expect(await moving(folder, 'retired', withoutTerminal(), 'the tunnel is gone')).toMatchObject({
      code: 0,
      rung: 'retired',
    });
    const { io, stdout } = capture(folder);
    await show('tunnel', {}, io, now);
    expect(stdout()).toContain('the tunnel is gone');
  });

  it('take a retired lesson back as proposed, and name that step', async () => {
    const folder = await proposed();
    await moving(folder, 'retired', withoutTerminal(), 'the tunnel is gone');
    const { stderr, rung } = await moving(folder, 'shadow', typing('tunnel'));
    expect([rung, stderr]).toEqual(['retired', expect.stringContaining('healflow learn proposed tunnel comes first')]);
    expect(await moving(folder, 'proposed', withoutTerminal())).toMatchObject({ code: 1, rung: 'retired' });
    expect(await moving(folder, 'proposed', typing('tunnel'))).toMatchObject({ code: 0, rung: 'proposed' });
  });

  it('leave a lesson where it is that could not run at ask', async () => {
    const folder = await proposed({ records: repaired(4), config: 'learn: { programs: [systemctl] }\n' });
    expect(await moving(folder, 'shadow', typing('tunnel'))).toMatchObject({ code: 0, rung: 'shadow' });
    const { code, rung, stderr } = await moving(folder, 'ask', typing('tunnel'));
    expect([code, rung]).toEqual([1, 'shadow']);
    expect(stderr).toContain('could not run at ask: `systemctl restart tunnel` is not in `learn.programs`');
  });

  it('show the failure in place of the expression, unless the expression says something else', async () => {
    const folder = await proposed();
    const shown = async (options = {}) => {
      const { io, stdout } = capture(folder);
      await show('tunnel', options, io, now);
      return stdout();
    };
    expect(await shown()).toContain('  failure  dial tcp <host>:<port>: connect: network is unreachable\n  class ');
    expect(await shown({ pattern: true })).toMatch(/^ {2}matches\n {4}\^\[/m);
    const file = join(folder, 'lessons/tunnel.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {4}- \^.*$/m, '    - is unreachable'));
    expect(await shown()).toContain('  matches  is unreachable\n');
  });

  it('say how many failures ended in the shadow without the fix', async () => {
    const trial = (needless: boolean) =>
      aTrial({ sig, lesson: 'tunnel', mode: 'shadow', after: needless ? 'succeeded' : 'unknown', needless });
    const folder = await proposed({ records: [...repaired(4), ...[true, false, true].map(trial)] });
    const { io, stdout } = capture(folder);
    await show('tunnel', {}, io, now);
    expect(stdout()).toContain('2 of 3 shadowed failures ended without it');
  });
});

describe('healflow backtest', () => {
  const tested = async (folder: string, target?: string, options = {}) => {
    const { io, stdout, stderr } = capture(folder);
    const code = await backtest(target, options, io);
    return { code, stdout: stdout(), stderr: stderr() };
  };

  it('shows what a lesson matches, by name, by file, or for all lessons', async () => {
    const folder = await proposed();
    for (const target of ['tunnel', join(folder, 'lessons/tunnel.yaml'), undefined]) {
      const { code, stdout, stderr } = await tested(folder, target);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('matches 1 of 1 failures, 1 of them with the signature of an example');
      expect(stdout).toContain('replaces the diagnosis of 1 (network.unreachable)');
    }
  });

  it('fails with code 1 on a false match, also in a file of healthy texts', async () => {
    const folder = await proposed();
    writeFileSync(join(folder, 'healthy.txt'), `all is well\n${error}\n`);
    const { code, stdout } = await tested(folder, 'tunnel', { healthy: 'healthy.txt', json: true });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { pattern: 'tunnel', falseCount: 1, falseMatches: [{ kind: 'healthy', text: error }] },
    ]);
  });

  it('says so if there is no such lesson or file', async () => {
    const folder = await proposed();
    expect(await tested(folder, 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no lesson 'other'"),
    });
    expect(await tested(folder, 'tunnel', { healthy: 'none.txt' })).toMatchObject({ code: 2 });
  });
});
