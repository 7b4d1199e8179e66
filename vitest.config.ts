import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['scripts/compile-examples.mjs'],
    testTimeout: 30_000,
    // What tests agree on with each other, they do not with the user's own programs.
    env: { HEALFLOW_STATE_DIR: join(tmpdir(), `healflow-test-state-${process.pid}`) },
    hookTimeout: 60_000,
  },
});
