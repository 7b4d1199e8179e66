// The tests of the areas that are mutated now.
import { defineConfig } from 'vitest/config';
import { areas, globs } from './areas.mjs';

const names = process.env.MUTATION_AREA?.split(',') ?? Object.keys(areas);

export default defineConfig({
  test: {
    include: globs(
      names.flatMap((name) => areas[name].tests),
      '**/*.test.ts',
    ),
    // Without the compiled examples, which take 5 s and which none of these tests needs.
    globalSetup: ['scripts/test-folder.mjs', 'test/support/write-patterns.ts'],
    testTimeout: 30_000,
  },
});
