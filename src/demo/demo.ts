import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertWritable, resolveMemoryDir } from '../event-log/index.ts';
import { showCommand } from '../text/command-line.ts';
import { secondsText } from '../text/duration.ts';
import { connectClient } from './clients.ts';
import { configFor } from './config.ts';
import { problemsInLog, secretsOf } from './log-check.ts';
import { demoPeers } from './peers.ts';
import { type DemoRun, runDemo } from './run-demo.ts';
import { perform, type SceneResult } from './run-scene.ts';
import { scenes } from './scenes.ts';
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

const play = async ({ screen, folder, closing, signal }: DemoRun, memoryDir: string): Promise<number> => {
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
  const cwd = process.cwd();
  const chosen = memory === undefined ? undefined : resolveMemoryDir({ memory, cwd });
  if (chosen !== undefined) assertWritable(chosen);
  const removeFiles = (folder: string): void => {
    rmSync(join(folder, 'world'), { recursive: true, force: true });
    // The folder is only kept for the log.
    if (!existsSync(join(folder, 'memory'))) rmSync(folder, { recursive: true, force: true });
  };
  return runDemo({ peers: demoPeers, limitMs, removeFiles }, (stage) =>
    play(stage, chosen ?? join(stage.folder, 'memory')),
  );
};
