import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LogOptions, log } from '../../src/cli/log.ts';
import { HealError } from '../../src/errors.ts';
import { durationText } from '../../src/text/duration.ts';
import { anEvent, liveLog, openLog, temporaryFolder } from '../event-log/events.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { capture } from './log-io.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const withEvents = (...events: Parameters<typeof anEvent>[0][]): string => {
  const folder = temporaryFolder();
  const { log } = openLog(join(folder, 'memory'));
  for (const event of events) log.append(anEvent(event));
  return folder;
};

const show = async (folder: string, options: LogOptions = {}, terminal: Parameters<typeof capture>[1] = {}) => {
  const { io, stdout, stderr } = capture(folder, terminal);
  const code = await log(options, io);
  return { code, stdout: stdout(), stderr: stderr() };
};

describe('healflow log', () => {
  it('shows the events as a table, oldest first', async () => {
    const folder = withEvents(
      { tool: 'get_pods' },
      {
        tool: 'pay',
        outcome: 'unknown',
        result: 'unknown',
        error: 'read ECONNRESET',
        fix_applied: null,
        attempts: 1,
        duration_ms: 62_000,
        refusal: 'REPEAT_UNSAFE',
        refusal_reason: 'the tool is destructive',
      },
    );
    expect(await show(folder)).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'TIME (UTC)            TOOL                      FIX             RESULT     ATTEMPTS  TOOK         WHAT FAILED',
        '2026-02-04 10:30:00   get_pods                  kube_login      healed     2         1.2 s        Unauthorized',
        '2026-02-04 10:30:00   pay                       -               unknown    1         1 min 02 s   read ECONNRESET (not healed: the tool is destructive)',
        '',
      ].join('\n'),
    });
  });

  it('writes JSON Lines', async () => {
    const folder = withEvents({}, { tool: 'b' });
    const { stdout } = await show(folder, { json: true });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([anEvent(), anEvent({ tool: 'b' })]);
  });

  it.each([{ json: false }, { json: true }])('escapes control characters (%o)', async ({ json }) => {
    const hostile = '\u001b[2J\u009b31m\u0007\r\nfake line\u202egnp.exe\u200b\u2028\ud800';
    const { stdout } = await show(withEvents({ error: hostile, tool: hostile, fix_applied: hostile }), { json });
    expect(stdout).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    expect(stdout.trim().split('\n')).toHaveLength(json ? 1 : 2);
    if (json) expect(JSON.parse(stdout).error).toBe(hostile.replace('\ud800', '\ufffd'));
  });

  it('reports that there is no log yet, and where it will be', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await show(folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(`healflow: there is no log yet: the first event creates ${liveLog(join(folder, 'memory'))}\n`);
  });

  it('repairs a damaged log on request, and says what it did', async () => {
    const folder = withEvents({});
    const file = liveLog(join(folder, 'memory'));
    appendFileSync(file, '  - timestamp: "2026');
    openLog(join(folder, 'memory')).log.append(anEvent({ tool: 'after' }));
    const aside = file.replace('.yaml', '.torn.txt');
    const stdout = `${file}: set 1 damaged record (21 bytes) aside in ${aside}\n`;
    expect(await show(folder, { repair: true })).toEqual({ code: 0, stdout, stderr: '' });
    expect(readFileSync(aside, 'utf8')).toBe('# 21 bytes of tool_fixes.yaml\n  - timestamp: "2026\n\n');
    expect(parse(readFileSync(file, 'utf8')).healing_events).toHaveLength(2);
    expect(await show(folder, { repair: true })).toEqual({ code: 0, stdout: 'nothing to repair\n', stderr: '' });
    expect(await show(folder, { repair: true, json: true })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('does not repair and show events at once', async () => {
    await expect(show(withEvents({}), { repair: true, follow: true })).rejects.toThrow(
      '--repair shows no events: leave out --follow',
    );
  });

  it('reads the intact parts of a damaged log, and reports what it skipped', async () => {
    const folder = withEvents({ tool: 'before' });
    const file = liveLog(join(folder, 'memory'));
    appendFileSync(file, '  - timestamp: "2026-02-04T10:30:00.000Z"\n    tool: "torn');
    openLog(join(folder, 'memory')).log.append(anEvent({ tool: 'after' }));
    const { code, stdout, stderr } = await show(folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/before.*\n.*after/);
    expect(stderr).toBe(
      `healflow: skipped 1 damaged part of the log and read the rest:\n  ${file}:18: an unfinished or unreadable record (2 lines)\n  run "healflow log --repair" to set them aside\n`,
    );
  });

  it('lists only the first of many damaged parts', async () => {
    const folder = withEvents({});
    appendFileSync(liveLog(join(folder, 'memory')), '  - torn\n'.repeat(1_000));
    const { stderr } = await show(folder);
    expect(stderr).toContain('skipped 1000 damaged parts');
    expect(stderr).toContain('... and 995 more');
    expect(stderr.trim().split('\n')).toHaveLength(8);
  });

  it('exits with 2 if the log cannot be read, and reports why', async () => {
    const folder = temporaryFolder();
    mkdirSync(liveLog(folder), { recursive: true });
    const { code, stderr } = await show(folder, { memory: '.' });
    expect(code).toBe(2);
    expect(stderr).toBe(`healflow: the log cannot be read: ${liveLog(folder)} is not a regular file\n`);
  });

  it('finds the folder from --memory, the config file or the working directory', async () => {
    const folder = temporaryFolder();
    openLog(join(folder, 'named')).log.append(anEvent({ tool: 'named' }));
    openLog(join(folder, 'sub/configured')).log.append(anEvent({ tool: 'configured' }));
    writeFileSync(join(folder, 'sub/healflow.yaml'), 'memoryDir: configured\n');
    expect((await show(folder, { memory: 'named' })).stdout).toContain('named');
    expect((await show(folder, { config: 'sub/healflow.yaml' })).stdout).toContain('configured');
    expect((await show(join(folder, 'sub'))).stdout).toContain('configured');
  });

  it('does not need a valid config if the folder is named', async () => {
    const folder = withEvents({ tool: 'named' });
    writeFileSync(join(folder, 'healflow.yaml'), 'no such key: 1\n');
    await expect(show(folder)).rejects.toThrow(HealError);
    expect((await show(folder, { memory: 'memory' })).stdout).toContain('named');
  });

  it('fits its lines to the terminal, in colour unless NO_COLOR is set', async () => {
    const folder = withEvents({ error: 'x'.repeat(500) });
    const plain = await show(folder, {}, { columns: 130, env: { NO_COLOR: '1' } });
    const line = plain.stdout.split('\n')[1] ?? '';
    expect(line).toHaveLength(130);
    expect(line).toMatch(/x…$/);
    expect((await show(folder, {}, { columns: 130 })).stdout).toContain('\u001b[32mhealed\u001b[39m');
    expect((await show(folder)).stdout).not.toContain('\u001b');
  });

  it('exits with 2 if a named folder does not exist', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await show(folder, { memory: 'nowhere' });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `healflow: there is no folder ${join(folder, 'nowhere')}\n`,
    });
  });

  it('shows only some tools, and only the last events', async () => {
    const folder = withEvents({ tool: 'k8s_a' }, { tool: 'pay' }, { tool: 'k8s_b' }, { tool: 'k8s_c' });
    const tools = async (options: LogOptions): Promise<unknown[]> =>
      (await show(folder, { json: true, ...options })).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).tool);
    expect(await tools({ tool: ['k8s_*'] })).toEqual(['k8s_a', 'k8s_b', 'k8s_c']);
    expect(await tools({ tool: ['pay', 'k8s_?'], lines: '2' })).toEqual(['k8s_b', 'k8s_c']);
    expect(await tools({ lines: '0' })).toEqual([]);
    expect(await tools({ lines: '99' })).toHaveLength(4);
    await expect(show(folder, { lines: 'many' })).rejects.toThrow('-n "many" is not a number from 0 to 100000');
  });

  it('shows only events since a time', async () => {
    const folder = withEvents(
      { tool: 'old', timestamp: '2026-02-03T10:00:00.000Z' },
      { tool: 'new', timestamp: '2026-02-04T10:00:00.000Z' },
    );
    const clock = new FakeClock();
    const tools = async (since: string): Promise<string[]> => {
      const { io, stdout } = capture(folder);
      await log({ since, json: true }, io, { clock });
      return stdout()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).tool);
    };
    expect(await tools('45m')).toEqual(['new']);
    expect(await tools('20m')).toEqual([]);
    expect(await tools('2d')).toEqual(['old', 'new']);
    expect(await tools('2026-02-04')).toEqual(['new']);
    expect(await tools('2026-02-04T10:00:01Z')).toEqual([]);
    for (const wrong of ['yesterday', '5', '5y', '2026-13-01', '']) {
      await expect(tools(wrong)).rejects.toThrow(/is not a valid time; use a duration/);
    }
  });

  it('follows new events, and exits with 0 when stopped', async () => {
    const folder = withEvents(...Array.from({ length: 12 }, (_, at) => ({ tool: `past_${at}` })));
    const clock = new FakeClock();
    const control = new AbortController();
    const { io, stdout } = capture(folder);
    const code = log({ follow: true, tool: ['past_*', 'now'] }, io, { clock, stop: control.signal });
    const until = async (text: string): Promise<void> => {
      while (!stdout().includes(text)) await clock.advance(200);
    };
    await until('past_11');
    expect(stdout()).not.toContain('past_1 ');
    expect(stdout().match(/past_/g)).toHaveLength(10);
    const { log: writer } = openLog(join(folder, 'memory'));
    writer.append(anEvent({ tool: 'other' }));
    writer.append(anEvent({ tool: 'now' }));
    await until('now');
    expect(stdout()).not.toContain('other');
    expect(stdout().match(/TIME \(UTC\)/g)).toHaveLength(1);
    control.abort();
    expect(await code).toBe(0);
  });

  it('exits with 0 on Ctrl-C', async () => {
    const folder = withEvents({ tool: 'there' });
    const child = spawn(process.execPath, [program, 'log', '--follow', '--memory', 'memory'], { cwd: folder });
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (stdout.includes('there')) break;
    }
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('exits silently when its reader closes the pipe', async () => {
    const folder = temporaryFolder();
    const { log } = openLog(join(folder, 'memory'));
    for (let number = 0; number < 3_000; number += 1) log.append(anEvent());
    const child = spawn('sh', ['-c', '"$0" "$1" log | head -n 2', process.execPath, program], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });
});

describe('a duration in words', () => {
  it.each([
    [0.4, '0 ms'],
    [999.4, '999 ms'],
    [1_000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_951, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
