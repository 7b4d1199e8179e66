import { defaultExclude, defineConfig } from 'vitest/config';

/**
 * Folders whose tests change nothing that other files see: their files share what they import, in half the time. The steps that an
 * expression takes are counted in a fresh process, since they differ if others ran before.
 */
const shared = [
  ...['config', 'diagnosis', 'event-log', 'healer', 'http', 'limits', 'machines', 'mcp', 'policy', 'redact'],
  ...['telemetry', 'testing', 'text'],
].map((folder) => `test/${folder}/**/!(linear).test.ts`);

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: ['scripts/test-folder.mjs', 'scripts/compile-examples.mjs', 'test/support/write-patterns.ts'],
    // Most tests wait for programs that they have started; the default leaves one core of two unused.
    maxWorkers: 2,
    projects: [
      { test: { name: 'shared', include: shared, isolate: false, ...timeouts } },
      {
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: [...defaultExclude, ...shared],
          ...timeouts,
        },
      },
    ],
  },
});
