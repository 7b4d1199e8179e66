import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['scripts/test-folder.mjs', 'scripts/compile-examples.mjs', 'test/support/write-patterns.ts'],
    // Most tests wait for programs that they have started; the default leaves one core of two unused.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
