import { defaultExclude, defineConfig } from 'vitest/config';

/**
 * Folders whose tests change nothing that other files see: their files share what they import, in half the time. The steps that an
 * expression takes are counted in a fresh process, since they differ if others ran before.
 */
const shared = [
  ...['config', 'diagnosis', 'event-log', 'healer', 'http', 'limits', 'machines', 'mcp', 'policy', 'redact'],
  ...['telemetry', 'testing', 'text'],
].map((folder) => `test/${folder}/**/!(linear).test.ts`);

/**
 * Files that start a browser, PostgreSQL, or many programs, and take long: `npm run test:system` runs them, `npm test` the others.
 */
const system = [
  'cli/{fleet*,mcp-server,proxy*,repair*,tools}.test.ts',
  'cli/learn/story.test.ts',
  '{demo,fault*,field,soak}/**/*.test.ts',
  'event-log/concurrent.test.ts',
  'fixes/{cache-clear-race,tunnels,vpn-connect}.test.ts',
  'fleet/{approval-*,database,ship*,event-schema,lazy,lesson-schema,lessons-*,processes,scenes,schema*,tls,user-no}.test.ts',
  'inspector/{fleet*,page*,peers,safety}.test.ts',
  'learning/poison.test.ts',
  'mcp/killed.test.ts',
  'mcp/modes/stdio.test.ts',
  'mcp/upstream/stdio/{leftovers,restart-time}.test.ts',
  'mcp/ways/questions.test.ts',
  'sharing/processes.test.ts',
].map((files) => `test/${files}`);

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: ['scripts/test-folder.mjs', 'scripts/compile-examples.mjs', 'test/support/write-patterns.ts'],
    // Most tests wait for programs that they have started; the default leaves one core of two unused.
    maxWorkers: 2,
    projects: [
      {
        test: { name: 'shared', include: shared, exclude: [...defaultExclude, ...system], isolate: false, ...timeouts },
      },
      {
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: [...defaultExclude, ...shared, ...system],
          ...timeouts,
        },
      },
      { test: { name: 'system', include: system, ...timeouts } },
    ],
  },
});
