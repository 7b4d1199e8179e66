// What is mutated, and which tests judge it. A path is a file or a folder, which stands for all below it.
const inFolder = (folder, names) => names.map((name) => `${folder}/${name}.ts`);

/** Pure code whose faults are costly: each area is run on its own, so that a mutant meets only the tests of its area. */
export const areas = {
  policy: { mutate: ['src/policy'], tests: ['test/policy'] },
  limits: { mutate: ['src/limits'], tests: ['test/limits'] },
  sharing: {
    mutate: inFolder('src/sharing', ['decide', 'fix-reports', 'history']),
    // Not the tests that start programs: those would run the sources without the mutant.
    tests: inFolder('test/sharing', ['decide.test', 'fix-reports.test', 'history.test']),
  },
  machines: {
    // Not svg.ts and chart.ts: where a box of a drawing lies is judged by eye.
    mutate: inFolder('machines', ['breaker', 'healing', 'mermaid', 'refusals', 'service']),
    // Not mutation.test.ts: it breaks the chart by itself, in ways that Stryker does not know (another target).
    tests: [
      ...inFolder('test/machines', [
        'drawings.test',
        'healing.test',
        'refusals.test',
        'service.test',
        'structure.test',
      ]),
      'test/limits/limits.test.ts',
    ],
    // The charts are data that is read once, so nearly all their mutants are static: ten minutes became two.
    ignoreStatic: true,
  },
  diagnosis: {
    mutate: ['src/diagnosis/verdict.ts'],
    tests: ['test/diagnosis/verdict.test.ts'],
  },
  jsonrpc: {
    mutate: inFolder('src/mcp/jsonrpc', ['batch', 'lines', 'message', 'oversize', 'raw-json']),
    tests: inFolder('test/mcp/jsonrpc', ['batch.test', 'lines.test', 'message.test', 'oversize.test', 'raw-json.test']),
  },
  relay: {
    mutate: [
      ...inFolder('src/mcp/protocol', ['list-changes', 'pages', 'progress']),
      ...inFolder('src/mcp/healing', ['progress-tracker']),
      'src/mcp/relay/open-requests.ts',
      'src/mcp/upstream/stdio/restart-budget.ts',
    ],
    tests: [
      'test/mcp/protocol',
      ...inFolder('test/mcp/healing', ['progress-tracker.test']),
      ...inFolder('test/mcp/relay', ['open-requests.test', 'relay-lists.test']),
      'test/mcp/upstream/stdio/restart-budget.test.ts',
    ],
  },
};

const isBelow = (path, file) => file === path || file.startsWith(`${path}/`);

/** The area that mutates the file; undefined if none does. */
export const areaOf = (file) =>
  Object.keys(areas).find((name) => areas[name].mutate.some((path) => file.endsWith('.ts') && isBelow(path, file)));

/** The paths as globs. */
export const globs = (paths, files) => paths.map((path) => (path.endsWith('.ts') ? path : `${path}/${files}`));
