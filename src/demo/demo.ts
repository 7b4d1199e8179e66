import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealError } from '../errors.ts';
import { assertWritable, resolveMemoryDir } from '../event-log/index.ts';
import { untilAborted } from '../platform/wait.ts';
import { showCommand } from '../text/command-line.ts';
import { secondsText } from '../text/duration.ts';
import { connectClient } from './clients.ts';
import { Closing } from './closing.ts';
import { configFor } from './config.ts';
import { Interrupted, watchForInterruption } from './interruption.ts';
import { problemsInLog, secretsOf } from './log-check.ts';
import { assertPeers } from './peers.ts';
import { perform, type SceneResult } from './run-scene.ts';
import { scenes } from './scenes.ts';
import { createScreen, type Screen } from './show/screen.ts';
import { showTable } from './show/table.ts';
import { listenForTrail } from './trail-port.ts';
import { programCommand } from './world/program.ts';
import { startWorld } from './world/world.ts';

export interface DemoOptions {
  /** The folder for the events. @default a new temporary folder */
  readonly memory?: string | undefined;
}

/** Time limit of the demo, which usually takes about 8 s. */
const limitMs = 28_000;

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

const play = async (
  screen: Screen,
  folder: string,
  memoryDir: string,
  closing: Closing,
  signal: AbortSignal,
): Promise<number> => {
  const startedAt = performance.now();
  const files = join(folder, 'world');
  const config = join(folder, 'healflow.yaml');
  const log = join(memoryDir, 'learned', 'tool_fixes.yaml');
  const logBefore = await readText(log);

  screen.line(`${screen.paint('bold', 'healflow demo')}  six faults, six fixes, all on this machine`);
  screen.line();
  screen.line('An MCP server has six tools. Each call is made twice: by a client of the server');
  screen.line('itself, and by a client of `healflow proxy` in front of the same server.');
  screen.line();
  await mkdir(files);
  const world = await startWorld(files);
  closing.add(() => world.close());
  const trail = await listenForTrail();
  closing.add(() => trail.close());
  await writeFile(config, configFor(world));
  signal.throwIfAborted();

  const server = programCommand('server', world.factsFile);
  const [direct, healed] = await Promise.all([
    connectClient(server, folder, closing, signal),
    connectClient(programCommand('proxy', String(trail.port), config, memoryDir, ...server), folder, closing, signal),
  ]);
  // Fills the cache that becomes stale later.
  await direct.call('show_package', { name: 'stone' }, signal);
  const results: SceneResult[] = [];
  for (const [index, scene] of scenes.entries()) {
    results.push(await perform(scene, index + 1, { screen, world, direct, healed, trail, signal }));
  }
  const text = await readText(log);
  const problems = [
    ...results.flatMap(({ scene, problems }) => problems.map((problem) => `${scene.tool}: ${problem}`)),
    ...(await problemsInLog(memoryDir, text, results, await secretsOf(world))),
  ];

  screen.line(screen.paint('bold', 'The recorded events'));
  screen.line();
  screen.line(text.startsWith(logBefore) ? text.slice(logBefore.length).trimEnd() : text.trimEnd());
  screen.line();
  showTable(screen, results);
  screen.line();
  const healedCount = results.filter((result) => result.problems.length === 0).length;
  screen.line(
    `   ${screen.paint(problems.length === 0 ? 'green' : 'red', `${healedCount} of ${scenes.length} healed`)} in ${secondsText(performance.now() - startedAt, 2)}`,
  );
  screen.line();
  screen.line(`   log      ${log}`);
  // If the log is elsewhere, the demo's folder is removed.
  if (memoryDir.startsWith(folder)) screen.line(`   config   ${config}`);
  screen.line(`   read it  npx healflow log --memory ${showCommand([memoryDir])}`);
  if (problems.length === 0) return 0;
  for (const problem of problems) console.error(`healflow: ${problem}`);
  if (healed.stderr() !== '') console.error(`Output of the proxy:\n${healed.stderr()}`);
  return 1;
};

/**
 * Runs the demo: causes six faults on this machine, and shows how each is healed by a different fix while a real MCP
 * client waits for its response. Needs no network.
 *
 * @returns the exit code: 0 if every fault was healed as expected, otherwise 1.
 * @throws HealError `MEMORY_NOT_WRITABLE` if the chosen folder is not writable.
 */
export const demo = async ({ memory }: DemoOptions = {}): Promise<number> => {
  try {
    assertPeers();
  } catch (error) {
    if (!(error instanceof HealError)) throw error;
    console.error(`healflow: ${error.message}`);
    return 1;
  }
  const cwd = process.cwd();
  const chosen = memory === undefined ? undefined : resolveMemoryDir({ memory, cwd });
  if (chosen !== undefined) assertWritable(chosen);
  const closing = new Closing();
  using interruption = watchForInterruption(limitMs);
  const folder = await mkdtemp(join(tmpdir(), 'healflow-demo-'));
  const memoryDir = chosen ?? join(folder, 'memory');
  const screen = createScreen(process.stdout, process.env);
  const removeFiles = (): void => {
    rmSync(join(folder, 'world'), { recursive: true, force: true });
    // The folder is only kept for the log.
    if (!existsSync(join(folder, 'memory'))) rmSync(folder, { recursive: true, force: true });
  };
  closing.addKill(removeFiles);
  process.once('exit', closing.killNow);
  closing.add(() => rm(join(folder, 'world'), { recursive: true, force: true }));
  try {
    return await untilAborted(play(screen, folder, memoryDir, closing, interruption.signal), interruption.signal);
  } catch (error) {
    const reason = interruption.signal.aborted ? interruption.signal.reason : error;
    if (screen.live) screen.line();
    console.error(`healflow: the demo did not finish: ${reason instanceof Error ? reason.message : reason}`);
    return reason instanceof Interrupted ? reason.exitCode : 1;
  } finally {
    await closing.close();
    closing.killNow();
    process.removeListener('exit', closing.killNow);
  }
};
