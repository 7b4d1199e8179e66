import { readFile } from 'node:fs/promises';
import { type HealingEvent, readEvents } from '../event-log/index.ts';
import type { SceneResult } from './run-scene.ts';
import type { World } from './world/world.ts';

/** Returns all secrets that the world has issued. */
export const secretsOf = async ({ tokens, clusters, facts, refreshTokenFile }: World): Promise<string[]> => [
  tokens.accessToken,
  tokens.refreshToken,
  ...Object.values(clusters).flatMap((cluster) => cluster.tokens),
  (await readFile(facts.accessTokenFile, 'utf8')).trim(),
  (await readFile(refreshTokenFile, 'utf8')).trim(),
];

/** Checks that the log has each run once, healed by its fix, and contains no secret. */
export const problemsInLog = async (
  memoryDir: string,
  text: string,
  results: readonly SceneResult[],
  secrets: readonly string[],
): Promise<string[]> => {
  const events: HealingEvent[] = [];
  for await (const event of readEvents(memoryDir)) events.push(event);
  const problems = results.flatMap(({ scene, runId }) => {
    const own = events.filter(({ run_id }) => run_id === runId);
    const [event] = own;
    if (runId === null || event === undefined) return [`${scene.tool}: the log has no event of its run`];
    if (own.length > 1) return [`${scene.tool}: the log has ${own.length} events of one run`];
    const found = [event.tool, event.result, event.fix_applied, event.retry_count].join(' ');
    const expected = [scene.tool, 'success', scene.fixes.at(-1), scene.attempts - 1].join(' ');
    return found === expected ? [] : [`${scene.tool}: the log says "${found}" instead of "${expected}"`];
  });
  if (secrets.some((secret) => text.includes(secret))) problems.push('the log contains a secret');
  return problems;
};
