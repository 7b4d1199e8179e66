import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fixture } from '../mcp/modes/proxy-bench.ts';
import { allGone, isRunning, pidsIn } from '../support/processes.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'healflow-watchdog-'));
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, as it should be.
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const started: number[] = [];
/** No process has such a number. */
const beyondAll = 2 ** 30;

const startProxy = (server: string, graceMs: number) => {
  const own = mkdtempSync(join(folder, 'proxy-'));
  const config = join(own, 'healflow.yaml');
  const pidsFile = join(own, 'pids');
  writeFileSync(config, JSON.stringify({ proxy: { graceMs }, memoryDir: own }));
  const proxy = spawn(
    process.execPath,
    [program, 'proxy', '--config', config, '--', process.execPath, fixture(server)],
    { env: { ...process.env, PIDS_FILE: pidsFile }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  return { proxy, pidsFile };
};

describe.skipIf(process.platform === 'win32')('a server that nothing but SIGKILL ends', () => {
  it('does not outlive a proxy that is killed with SIGKILL, and neither does its child', async () => {
    const { proxy, pidsFile } = startProxy('clinging-server.mjs', 200);
    const pids = await pidsIn(pidsFile);
    started.push(...pids);
    proxy.kill('SIGKILL');
    await once(proxy, 'exit');
    await allGone(pids);
  });

  it('gets the grace period before it is ended', async () => {
    const { proxy, pidsFile } = startProxy('clinging-server.mjs', 60_000);
    const pids = await pidsIn(pidsFile);
    started.push(...pids);
    proxy.kill('SIGKILL');
    await once(proxy, 'exit');
    expect(pids.map(isRunning)).toEqual([true, true]);
  });
});

describe.skipIf(!existsSync('/proc/self/task'))('the watchdog shell', () => {
  it('ends with a proxy that ends normally, like all its other children', async () => {
    const { proxy } = startProxy('echo-lines.mjs', 60_000);
    proxy.stdin.write('ping\n');
    await once(proxy.stdout, 'data');
    const children = readFileSync(`/proc/${proxy.pid}/task/${proxy.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    expect(children).toHaveLength(2);
    proxy.stdin.end();
    expect(await once(proxy, 'exit')).toEqual([0, null]);
    await allGone(children);
  });
});

describe.skipIf(process.platform === 'win32')('guarding a process group', () => {
  it('does not keep a process alive', async () => {
    const module = fileURLToPath(new URL('../../dist/src/platform/watchdog.js', import.meta.url));
    const script = `import { guardProcessGroup } from ${JSON.stringify(module)}; guardProcessGroup(${beyondAll}, 100);`;
    const watcher = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    expect(await once(watcher, 'exit')).toEqual([0, null]);
  });
});
