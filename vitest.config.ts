import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['scripts/test-folder.mjs', 'scripts/compile-examples.mjs', 'test/support/write-patterns.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
