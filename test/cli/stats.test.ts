import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StatsOptions, stats } from '../../src/cli/stats.ts';
import { anEvent, liveLog, openLog, temporaryFolder } from '../event-log/events.ts';
import { capture } from './log-io.ts';

const show = async (folder: string, options: StatsOptions = {}) => {
  const { io, stdout, stderr } = capture(folder);
  const code = await stats(options, io);
  return { code, stdout: stdout(), stderr: stderr() };
};

const withSome = (): string => {
  const folder = temporaryFolder();
  const { log } = openLog(join(folder, 'memory'));
  log.append(anEvent({ tool: 'get_pods', duration_ms: 800 }));
  log.append(
    anEvent({
      tool: 'pay\u001b[31m',
      class: 'network',
      outcome: 'unknown',
      result: 'unknown',
      refusal: 'NOT_REPEATABLE',
      fix_applied: null,
      fixes: [],
    }),
  );
  for (let number = 0; number < 12; number += 1) log.count('get_pods');
  log.close();
  return folder;
};

describe('healflow stats', () => {
  it('counts the failures that no pattern matched, and names the next step', async () => {
    const folder = temporaryFolder();
    const { log } = openLog(join(folder, 'memory'));
    for (let count = 0; count < 2; count += 1) {
      log.append(
        anEvent({ class: 'unrecognised', outcome: 'failed', result: 'failure', fix_applied: null, fixes: [] }),
      );
    }
    log.close();
    const { stdout } = await show(folder);
    expect(stdout).toMatch(/^unrecognised +2 /m);
    expect(stdout).toContain('2 failures were not recognised: healflow explain TEXT drafts a pattern for such a text.');
  });

  it('shows what was healed by tool, class and fix', async () => {
    const { code, stdout, stderr } = await show(withSome());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout,
    ).toBe(`2026-02-04T10:30:00.000Z to 2026-02-04T10:30:00.000Z; times are from the first attempt to the success of healed calls

     CALLS  FAILURES  HEALED  FAILED  UNKNOWN  MEDIAN     P95  NOT HEALED BECAUSE
all     14         2       1       0        1  800 ms  800 ms  NOT_REPEATABLE 1

TOOL           CALLS  FAILURES  HEALED  FAILED  UNKNOWN  MEDIAN     P95  NOT HEALED BECAUSE
get_pods          13         1       1       0        0  800 ms  800 ms
pay\\u001b[31m      1         1       0       0        1       -       -  NOT_REPEATABLE 1

CLASS    CALLS  FAILURES  HEALED  FAILED  UNKNOWN  MEDIAN     P95  NOT HEALED BECAUSE
auth         1         1       1       0        0  800 ms  800 ms
network      1         1       0       0        1       -       -  NOT_REPEATABLE 1

FIX         CALLS  FAILURES  HEALED  FAILED  UNKNOWN  MEDIAN     P95  FIX ENDED
kube_login      1         1       1       0        0  800 ms  800 ms  succeeded 1

HEALED BY FIX
  kube_login  ███████████████████████████████████████████████████  1 of 1 healed
`);
  });

  it('writes one JSON object', async () => {
    const { stdout } = await show(withSome(), { json: true });
    const { total, tools, classes, fixes } = JSON.parse(stdout);
    expect(total).toEqual({
      calls: 14,
      failures: 2,
      healed: 1,
      failed: 0,
      unknown: 1,
      refused: { NOT_REPEATABLE: 1 },
      time_to_heal_ms: { median: 800, p95: 800 },
    });
    expect(Object.keys(tools)).toEqual(['get_pods', 'pay\u001b[31m']);
    expect(Object.keys(classes)).toEqual(['auth', 'network']);
    expect(fixes.kube_login.ended).toEqual({ succeeded: 1 });
  });

  it('plots outcomes over time and by fix, as wide as the terminal', async () => {
    const folder = temporaryFolder();
    const { log } = openLog(join(folder, 'memory'));
    for (let hour = 0; hour < 24; hour += 1) {
      const timestamp = `2026-02-04T${String(hour).padStart(2, '0')}:15:00.000Z`;
      for (let number = 0; number < hour; number += 1) log.append(anEvent({ timestamp }));
      const failed = { outcome: 'failed', result: 'failure', fix_applied: 'vpn_connect' } as const;
      if (hour % 6 === 0)
        log.append(anEvent({ timestamp, ...failed, fixes: [{ fix: 'vpn_connect', status: 'failed', ms: 1 }] }));
    }
    const shown = async (columns: number, env = {}): Promise<string> => {
      const { io, stdout } = capture(folder, { columns, env });
      await stats({}, io);
      return stdout().slice(stdout().indexOf('OVER TIME'));
    };
    expect(await shown(60, { NO_COLOR: '1' })).toBe(`OVER TIME  30 min a column, at most 23 in one
  healed     ▁ ▁ ▁ ▁ ▂ ▂ ▂ ▃ ▃ ▃ ▄ ▄ ▅ ▅ ▅ ▆ ▆ ▆ ▇ ▇ ▇ █ █
  failed   ▁           ▁           ▁           ▁
  2026-02-04 00:00 to 2026-02-04 23:30 UTC

HEALED BY FIX
  kube_login   ██████████████████████████  276 of 276 healed
  vpn_connect  ░                           0 of 4 healed
`);
    const coloured = await shown(120);
    expect(coloured).toContain('\u001b[32m');
    expect(
      Math.max(
        ...coloured
          .replaceAll('\u001b', '')
          .replace(/\[\d\dm/g, '')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(120);
    expect(await shown(12)).not.toContain('▁');
  });

  it('cuts its tables to the terminal', async () => {
    const { io, stdout } = capture(withSome(), { columns: 40, env: { NO_COLOR: '1' } });
    await stats({}, io);
    expect(
      Math.max(
        ...stdout()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBe(40);
  });

  it('writes the outcomes over time as JSON', async () => {
    const { stdout } = await show(withSome(), { json: true });
    expect(JSON.parse(stdout).over_time).toEqual({
      bucket_ms: 60_000,
      buckets: [{ begins: '2026-02-04T10:30:00.000Z', healed: 1, failed: 0, unknown: 1 }],
    });
  });

  it('handles tools named like properties of Object.prototype', async () => {
    const folder = temporaryFolder();
    const { log } = openLog(join(folder, 'memory'));
    for (const tool of ['__proto__', 'constructor', 'toString']) log.append(anEvent({ tool, refusal: tool }));
    const { stdout } = await show(folder, { json: true });
    expect(stdout).toContain('"__proto__":{"calls":1');
    expect(stdout).toContain('"constructor":{"calls":1');
    expect(JSON.parse(stdout).total.calls).toBe(3);
  });

  it('shows zeros if there is no log yet, and reports it', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await show(folder);
    expect(code).toBe(0);
    expect(stdout).toContain('nothing recorded');
    expect(stderr).toContain(`there is no log yet: the first event creates ${liveLog(join(folder, 'memory'))}`);
  });

  it('exits with 2 if the counted calls cannot be read', async () => {
    const folder = withSome();
    mkdirSync(join(folder, 'other/learned/tool_calls.yaml'), { recursive: true });
    const { code, stderr } = await show(folder, { memory: 'other' });
    expect(code).toBe(2);
    expect(stderr).toContain('tool_calls.yaml is not a regular file');
  });
});
