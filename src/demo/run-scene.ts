import { type HealingMeta, healingMetaKey } from '../mcp/healing/result-meta.ts';
import { secondsText } from '../text/duration.ts';
import type { DemoClient } from './clients.ts';
import type { Counts, Scene } from './scenes.ts';
import { showPath } from './show/path.ts';
import type { Screen } from './show/screen.ts';
import type { Trail } from './trail-port.ts';
import type { World } from './world/world.ts';

/** Everything that the scenes share. */
export interface Stage {
  readonly screen: Screen;
  readonly world: World;
  /** A client connected directly to the server. */
  readonly direct: DemoClient;
  /** A client connected through the proxy. */
  readonly healed: DemoClient;
  readonly trail: Trail;
  readonly signal: AbortSignal;
}

/** The result of a scene. */
export interface SceneResult {
  readonly scene: Scene;
  readonly runId: string | null;
  readonly fixes: readonly string[];
  readonly attempts: number;
  /** In ms. */
  readonly durationMs: number;
  /** Differences from the expected result. */
  readonly problems: readonly string[];
}

const indent = 20;
const trailTimeoutMs = 5_000;

const statesOf = ({ fixes }: Scene): string[] => [
  'Executing',
  ...fixes.flatMap(() => ['ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying']),
  'Success',
  'Logging',
];

const increases = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

const shownCounts = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const differs = (what: string, expected: unknown, found: unknown): string[] => {
  const [wanted, got] = [JSON.stringify(expected), JSON.stringify(found)];
  return wanted === got ? [] : [`${what}: expected ${wanted}, found ${got}`];
};

/** Causes the fault and calls the tool directly, then causes it again and calls the tool through healflow. */
export const perform = async (scene: Scene, number: number, stage: Stage): Promise<SceneResult> => {
  const { screen, world, direct, healed, trail, signal } = stage;
  const { tool, args } = scene;
  const label = (text: string): string => `   ${text}`.padEnd(indent);
  const print = (text: string, line: string, mark = ''): void =>
    screen.line(`${label(text)}${mark}${screen.fit(line, indent + 2)}`);
  const good = screen.paint('green', '✓ ');
  const bad = screen.paint('red', '✗ ');

  screen.line(`${screen.paint('cyan', `${number}`)}  ${screen.paint('bold', scene.fault)}`);
  print('call', `${tool}${Object.keys(args).length === 0 ? '' : ` ${JSON.stringify(args)}`}`);
  await scene.breaks(world);
  const without = await direct.call(tool, args, signal);
  print('without healflow', without.text, without.failed ? bad : good);

  await scene.breaks(world);
  const before = await scene.counts(world);
  const path = showPath(screen, label('with healflow'), indent);
  const run = trail.follow((step) => {
    if (!signal.aborted) path.step(step);
  });
  const called = await healed.call(tool, args, signal);
  await run.logged(trailTimeoutMs);
  path.end();
  print('', called.text, called.failed ? bad : good);

  const meta = called.meta[healingMetaKey] as HealingMeta | undefined;
  const fixes = (meta?.fixes ?? []).map((fix) => fix.replace(/: succeeded$/, ''));
  const moves = increases(before, await scene.counts(world));
  const attempts = meta?.attempts ?? 1;
  print('took', `${secondsText(called.durationMs, 2)} and ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`);
  print('the servers saw', shownCounts(moves));
  screen.line();

  const problems = [
    ...(without.failed ? [] : ['the call without healflow did not fail']),
    ...(called.failed ? [`the call with healflow failed: ${called.text}`] : []),
    ...differs('outcome', 'healed', meta?.outcome ?? 'none'),
    ...differs('fixes', scene.fixes, fixes),
    ...differs('attempts', scene.attempts, attempts),
    ...differs('states', statesOf(scene), run.states()),
    ...differs('counts of the servers', scene.moves, moves),
  ];
  const { durationMs } = called;
  return { scene, runId: meta?.runId ?? null, fixes, attempts, durationMs, problems };
};
