import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixOf, program, requestOf, temporaryFolder } from './support.ts';

const rounds = 300;
const names = Array.from({ length: rounds }, (_, round) => `cache-${round}`);
const content = ['a', 'b', 'c', 'deep/d', 'deep/e', 'deep/f'];

/** Folders with the same names and content inside of the allowed root and outside of it. */
const world = () => {
  const baseDir = temporaryFolder();
  const inside = join(baseDir, 'root/parent');
  const outside = join(baseDir, 'outside');
  for (const above of [inside, outside]) {
    for (const name of names) {
      mkdirSync(join(above, name, 'deep'), { recursive: true });
      for (const file of content) writeFileSync(join(above, name, file), '');
    }
  }
  const clear = (name: string) =>
    fixOf(
      'cache_clear',
      { cache_clear: { folders: [join('root/parent', name)], allowedRoots: ['root'] } },
      { baseDir },
    ).run(requestOf());
  const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
  return { inside, outside, clear, filesIn };
};

describe('cache_clear while other programs swap folders for links', { timeout: 120_000 }, () => {
  it.each([1, 2, 3])('never removes anything outside of the allowed roots (seed %i)', async (seed) => {
    const { inside, outside, clear, filesIn } = world();
    const before = filesIn(outside);
    const pairs = [
      [inside, outside],
      ...names.map((name) => [join(inside, name, 'deep'), join(outside, name, 'deep')]),
      ...names.map((name) => [join(inside, name), join(outside, name)]),
    ];
    const [node = '', ...args] = program('swaps-folders.mjs', String(seed), JSON.stringify(pairs));
    const swaps = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const statuses = new Set<string>();
    try {
      await once(swaps.stdout, 'data');
      for (const name of names) statuses.add((await clear(name)).status);
    } finally {
      swaps.kill('SIGKILL');
      await once(swaps, 'exit');
    }
    expect(filesIn(outside)).toEqual(before);
    expect([...statuses].filter((status) => !['succeeded', 'refused', 'failed'].includes(status))).toEqual([]);
  });
});
