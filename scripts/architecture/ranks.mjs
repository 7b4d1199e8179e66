// Which parts of the sources may import which: a file imports from its own rank or from an earlier one.
// test/house/imports.test.ts enforces it, and `npm run architecture` draws it.

/** The ranks of machines/, fixes/ and src/. */
export const ranks = [
  ['model', /^src\/model\//],
  ['errors, text', /^src\/((errors|package-root)\.ts$|text\/)/],
  // The shipped patterns are files: what reads them is an edge of the otherwise pure diagnosis.
  [
    'pure modules',
    /^(machines\/|src\/(diagnosis\/(?!(index|pattern-files|shipped)\.ts)|limits\/|policy\/|redact\/|config\/(defaults|durations|((fix|proxy)-)?schema)\.ts$))/,
  ],
  ['platform', /^src\/platform\//],
  [
    'edges',
    /^(fixes\/|src\/(runner|sharing|fleet|learning|event-log|config|http|telemetry)\/|src\/diagnosis\/(index|pattern-files|shipped)\.ts$|src\/(clock|random)\.ts$)/,
  ],
  ['healer', /^src\/(healer\/|index\.ts$)/],
  ['mcp, inspector', /^src\/(mcp|inspector|testing)\//],
  ['cli, demo', /^src\/(cli|demo)\//],
];

/** The ranks inside src/mcp. */
export const mcpRanks = [
  ['jsonrpc', /^src\/mcp\/jsonrpc\//],
  ['protocol', /^src\/mcp\/protocol\//],
  ['healing', /^src\/mcp\/healing\//],
  ['relay', /^src\/mcp\/relay\//],
  ['ends', /^src\/mcp\/(upstream|downstream|passthrough)\//],
  ['modes', /^src\/mcp\/(modes\/|heal-mcp-server\.ts$|index\.ts$)/],
];

/** The position of a file's rank; -1 if it has none. */
export const rankIn = (list, path) => list.findIndex(([, paths]) => paths.test(path));
