import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readStats } from '../../src/event-log/index.ts';
import { anEvent, openLog, temporaryFolder } from './events.ts';

const file = (memoryDir: string): string => join(memoryDir, 'learned/tool_calls.yaml');
const records = (memoryDir: string) => parse(readFileSync(file(memoryDir), 'utf8')).tool_calls;
const callsOf = async (memoryDir: string) =>
  Object.fromEntries([...(await readStats(memoryDir)).tools].map(([tool, { calls }]) => [tool, calls]));

describe('calls in which nothing failed', () => {
  it('are counted without a write, and written in sum at the end', () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir);
    for (let number = 0; number < 500; number += 1) log.count('a');
    log.count('b');
    expect(existsSync(join(memoryDir, 'learned'))).toBe(false);
    log.close();
    log.close();
    const timestamp = '2026-02-04T10:30:00.000Z';
    expect(records(memoryDir)).toEqual([
      { timestamp, calls: 500, tool: 'a' },
      { timestamp, calls: 1, tool: 'b' },
    ]);
  });

  it('are written along with an event, but not with every one', async () => {
    const memoryDir = temporaryFolder();
    const { log, clock } = openLog(memoryDir);
    log.count('a');
    log.append(anEvent());
    log.count('a');
    log.append(anEvent());
    expect(await callsOf(memoryDir)).toEqual({ a: 1, k8s_get_pods: 2 });
    await clock.advance(5_000);
    log.append(anEvent());
    expect(await callsOf(memoryDir)).toEqual({ a: 2, k8s_get_pods: 3 });
  });

  it('are written every 1,000 calls, but not more often than every 5 s: a server that is killed has not forgotten them all', async () => {
    const memoryDir = temporaryFolder();
    const { log, clock } = openLog(memoryDir);
    for (let number = 0; number < 2_999; number += 1) log.count('a');
    expect(await callsOf(memoryDir)).toEqual({ a: 1_000 });
    await clock.advance(5_000);
    log.count('a');
    expect(await callsOf(memoryDir)).toEqual({ a: 3_000 });
    log.count('a');
    log.close();
    expect(await callsOf(memoryDir)).toEqual({ a: 3_001 });
  });

  it('stay counted while they cannot be written', async () => {
    const memoryDir = temporaryFolder();
    mkdirSync(file(memoryDir), { recursive: true });
    const { log, warnings } = openLog(memoryDir);
    for (let number = 0; number < 2_500; number += 1) log.count('a');
    log.close();
    expect(warnings).toEqual([expect.stringContaining('tool_calls.yaml cannot be written')]);
    rmSync(file(memoryDir), { recursive: true });
    log.close();
    expect(await callsOf(memoryDir)).toEqual({ a: 2_500 });
  });

  it('of very many tools do not fill the memory', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir);
    for (let number = 0; number < 2_500; number += 1) log.count(`tool ${number}`);
    log.close();
    expect(Object.keys(await callsOf(memoryDir))).toHaveLength(2_500);
  });

  it('are written when a program exits that did not close its log', async () => {
    const memoryDir = temporaryFolder();
    const dist = fileURLToPath(new URL('../../dist/src/', import.meta.url));
    const program = `
      import { createEventLog } from ${JSON.stringify(`${dist}event-log/index.js`)};
      import { systemClock as clock } from ${JSON.stringify(`${dist}clock.js`)};
      for (let number = 0; number < 20; number += 1) {
        const log = createEventLog({ memoryDir: ${JSON.stringify(memoryDir)}, clock, redact: (text) => text, warn: console.error });
        log.count('a');
      }`;
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(await callsOf(memoryDir)).toEqual({ a: 20 });
  });
});
