// Mutation tests: `npm run mutate` runs Stryker once for each area of scripts/mutation/areas.mjs.
// A mutant that survives is killed by an assertion. If no test can see it, the line above it says why:
// `// Stryker disable next-line <Mutator>: equivalent: <what guarantees it>`.
import { areas, globs } from './scripts/mutation/areas.mjs';

const area = process.env.MUTATION_AREA;
const mutated = area ? areas[area] : { mutate: Object.values(areas).flatMap(({ mutate }) => mutate) };

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: {
    configFile: 'scripts/mutation/vitest.config.mjs',
    // The areas name their tests. Searching for related ones would read the whole graph of imports for each mutant.
    related: false,
  },
  mutate: process.env.MUTATION_RANGES?.split(',') ?? globs(mutated.mutate, '**/*.ts'),
  // Only the tests that reach a mutant are run: about 0.4 s for each mutant instead of the whole area's seconds.
  coverageAnalysis: 'perTest',
  ignoreStatic: mutated.ignoreStatic ?? false,
  // Each worker is a process with a Vite server, which keeps a core busy.
  concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 1),
  // A test that takes a few ms can take seconds on a busy machine, and a mutant that timed out counts as killed.
  timeoutMS: 20_000,
  // TypeScript 7 has no API that Stryker could rewrite tsconfig.json or check types with; vitest reads neither.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  // Not copied into the sandbox: 60 MB.
  ignorePatterns: ['dist', '.cache', '.ci', 'bench', 'coverage', 'memory/learned'],
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `reports/mutation/${area ?? 'all'}.json` },
  incrementalFile: `reports/mutation/${area ?? 'all'}.incremental.json`,
  // scripts/mutate.mjs judges the score.
  thresholds: { high: 95, low: 90, break: null },
};
