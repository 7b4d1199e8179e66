import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scenes } from '../../src/demo/scenes.ts';
import { fixNames } from '../../src/model/terms.ts';
import { startDemo } from './start-demo.ts';

let tmp: string;
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'healflow-test-'));
});
afterEach(() => rmSync(tmp, { recursive: true, force: true }));

/** The demo runs real programs, whose speed depends on the machine. */
const waiting = { timeout: 28_000, interval: 20 };

/** The command lines of all processes. */
const commandLines = (): string[] => {
  // Small Linux images have no ps, and other systems have no /proc.
  if (!existsSync('/proc/self/cmdline')) {
    return execFileSync('ps', ['-Awwo', 'args'], { encoding: 'utf8' }).split('\n');
  }
  return readdirSync('/proc').map((pid) => {
    try {
      return readFileSync(`/proc/${Number(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  });
};

/** The processes of this demo, including tunnel and proxy. */
const processesOf = (folder: string): string[] =>
  commandLines().filter((command) => command.includes(folder) && command.includes('demo/programs'));

const logIn = (folder: string): string => readFileSync(join(folder, 'learned/tool_fixes.yaml'), 'utf8');

describe('healflow demo', () => {
  it('shows each of the six fixes', () => {
    expect([...new Set(scenes.flatMap(({ fixes }) => fixes))].sort()).toEqual([...fixNames].sort());
  });

  it('heals all six faults, shows the log and its path, and leaves no other files', async () => {
    const { code, stdout, stderr } = await startDemo(tmp).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('6 of 6 healed');
    expect(stdout).not.toContain('\x1b');
    const [, memory = ''] = /npx healflow log --memory (\S+)/.exec(stdout) ?? [];
    expect(memory.startsWith(tmp)).toBe(true);
    const log = logIn(memory);
    expect(stdout).toContain(log.trimEnd());
    expect(log.match(/^ {4}fix_applied: "\w+"$/gm)).toEqual(
      scenes.map(({ fixes }) => `    fix_applied: "${fixes.at(-1)}"`),
    );
    expect(log.match(/^ {4}result: "success"$/gm)).toHaveLength(scenes.length);
    for (const { fault } of scenes) expect(stdout).toContain(fault);
    const [folder = ''] = readdirSync(tmp);
    expect(readdirSync(join(tmp, folder)).sort()).toEqual(['healflow.yaml', 'memory']);
    await vi.waitFor(() => expect(processesOf(tmp)).toEqual([]), waiting);
  }, 60_000);

  it('leaves no process or file behind if it is interrupted while the tunnel is up', async () => {
    const { child, output, ended } = startDemo(tmp);
    await vi.waitUntil(() => output.stdout.includes('A backend fails twice'), waiting);
    expect(processesOf(tmp).filter((command) => command.includes('tunnel.js'))).toHaveLength(1);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toBe('healflow: the demo did not finish: ended by SIGINT\n');
    await vi.waitFor(() => expect(processesOf(tmp)).toEqual([]), waiting);
    const [folder = ''] = readdirSync(tmp);
    expect(readdirSync(join(tmp, folder))).not.toContain('world');
  }, 60_000);

  it('exits, and leaves nothing behind, when its output is closed', async () => {
    const { child, output, ended } = startDemo(tmp);
    await vi.waitUntil(() => output.stdout.includes('The login to a cluster has expired'), waiting);
    child.stdout.destroy();
    expect((await ended).code).toBe(1);
    await vi.waitFor(() => expect(processesOf(tmp)).toEqual([]), waiting);
  }, 60_000);

  it('rejects a memory folder that is not writable before it starts anything', async () => {
    writeFileSync(join(tmp, 'file'), '');
    const { code, stderr } = await startDemo(tmp, '--memory', join('file', 'memory')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^healflow: cannot write .*\n$/);
    expect(readdirSync(tmp)).toEqual(['file']);
  });
});
