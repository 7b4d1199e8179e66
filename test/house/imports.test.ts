import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findRings, loadedWith, parseSource, readSources, root } from './sources.ts';

const sources = readSources();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { mcpRanks, rankIn, ranks } = await import(pathToFileURL(join(root, 'scripts/architecture/ranks.mjs')).href);

/** Which files import which dependency. A new one is a decision: it belongs here. */
const importers: Readonly<Record<string, readonly string[]>> = {
  '@modelcontextprotocol/client': ['src/demo/clients.ts'],
  '@modelcontextprotocol/server': ['src/cli/mcp-server/serve.ts', 'src/demo/programs/server.ts'],
  '@opentelemetry/api': ['src/telemetry/load.ts'],
  '@statelyai/inspect': ['src/telemetry/stately/load.ts'],
  commander: ['src/cli/fleet-commands.ts', 'src/cli/learn-commands.ts', 'src/cli/program.ts'],
  'cross-spawn': ['src/mcp/upstream/stdio/child-server.ts'],
  'eventsource-parser': ['src/http/events.ts'],
  execa: ['src/platform/command.ts'],
  'jsonc-parser': ['src/cli/client-config/json-file.ts'],
  'oidc-provider': ['src/demo/world/oauth.ts'],
  'openid-client': ['src/runner/oauth.ts'],
  pg: ['src/fleet/connect.ts'],
  undici: ['src/platform/env-proxy.ts'],
  re2js: ['src/diagnosis/user-patterns.ts'],
  xstate: [
    'machines/breaker.ts',
    'machines/healing.ts',
    'src/healer/engine.ts',
    'src/limits/breaker.ts',
    'src/testing/chart-model.ts',
  ],
  yaml: [
    'src/config/edit-tools.ts',
    'src/config/yaml-source.ts',
    'src/diagnosis/pattern-files.ts',
    'src/event-log/edited-record.ts',
    'src/learning/lesson-file.ts',
    'src/runner/read-token.ts',
  ],
  zod: [
    'src/cli/mcp-server/tools.ts',
    'src/config/durations.ts',
    'src/config/fix-schema.ts',
    'src/config/proxy-schema.ts',
    'src/config/read.ts',
    'src/config/schema.ts',
    'src/demo/programs/server.ts',
    'src/diagnosis/pattern-files.ts',
    'src/diagnosis/pattern.ts',
    'src/learning/lesson-schema.ts',
  ],
};

describe('the imports of the sources', () => {
  it('name files that exist, with their extension', () => {
    const missing = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, target }) => specifier?.startsWith('.') && !sources.has(target))
        .map((i) => `${path} -> ${i.target}`),
    );
    expect(missing).toEqual([]);
  });

  it('say plainly what they import: none is computed', () => {
    const computed = [...sources.values()].filter(({ imports }) => imports.some(({ specifier }) => specifier === null));
    expect(computed.map(({ path }) => path)).toEqual([]);
  });

  it('never go round in a ring, not even for a type', () => {
    expect(findRings(sources)).toEqual([]);
  });

  const paths = [...sources.keys()];

  describe.each([
    ['of all sources', ranks, paths],
    ['inside src/mcp', mcpRanks, paths.filter((path) => path.startsWith('src/mcp/'))],
  ])('%s', (_title, list, among) => {
    it('come from files that each have a rank', () => {
      expect(among.filter((path) => rankIn(list, path) === -1)).toEqual([]);
    });

    it('go one way, from a rank to itself or to an earlier one', () => {
      const upwards = among.flatMap((path) =>
        (sources.get(path)?.imports ?? [])
          .filter(({ target }) => among.includes(target) && rankIn(list, target) > rankIn(list, path))
          .map(({ target }) => `${path} -> ${target}`),
      );
      expect(upwards).toEqual([]);
    });
  });

  it('keep the two ends of src/mcp apart, and passthrough without the relay: only the modes know them all', () => {
    const endOf = (path: string): string | undefined =>
      /^src\/mcp\/((up|down)stream\/[^/]+|passthrough)\//.exec(path)?.[1];
    const isApart = (from: string | undefined, to: string): boolean =>
      (endOf(to) !== undefined && endOf(to) !== from) || (from === 'passthrough' && to.startsWith('src/mcp/relay/'));
    const met = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => endOf(path) !== undefined && isApart(endOf(path), target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(met).toEqual([]);
  });

  it('bring in each dependency at the files listed here and nowhere else', () => {
    const found: Record<string, string[]> = {};
    for (const { path, imports } of sources.values()) {
      for (const { kind, specifier, target } of imports) {
        if (kind === 'type' || specifier === null || specifier.startsWith('.') || specifier.startsWith('node:'))
          continue;
        found[target] = [...new Set([...(found[target] ?? []), path])];
      }
    }
    expect(found).toEqual(importers);
  });

  it('name built-in modules with the prefix node:, and packages that package.json declares', () => {
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    const others = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier !== null && !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter(({ target }) => !declared.has(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(others).toEqual([]);
  });

  it('reach an optional peer only from a dynamic import, so that a program without it still starts', () => {
    const peers = Object.keys(manifest.peerDependenciesMeta);
    const eager = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ kind, target }) => kind === 'static' && peers.includes(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    // The demo's own programs are started only once the demo has seen that its peers are there.
    expect(eager.filter((line) => !line.startsWith('src/demo/'))).toEqual([]);
  });
});

it.each(['src/inspector/index.ts', 'src/cli/inspect.ts'])(
  '%s loads nothing of a fleet unless one is shown',
  (entry) => {
    expect([...loadedWith(sources, entry)].filter((target) => target.startsWith('src/fleet/'))).toEqual([]);
  },
);

describe.each(
  Object.entries<{ default: string }>(manifest.exports)
    .filter(([subpath]) => !subpath.endsWith('.json'))
    .map(([subpath, { default: file }]) => [subpath, file.replace(/^\.\/dist\/(.+)\.js$/, '$1.ts')] as const),
)('the entry %s', (subpath, entry) => {
  it('is made from a source', () => {
    expect([...sources.keys()]).toContain(entry);
  });

  it('reaches neither the command line, nor the demo, nor an optional peer, nor another subpath it did not ask for', () => {
    const others = [
      ...['mcp', 'inspector', 'testing'].filter((name) => subpath !== `./${name}`).map((name) => `src/${name}/`),
      'src/cli/',
      'src/demo/',
    ];
    const peers = Object.keys(manifest.peerDependenciesMeta);
    const reached = [...loadedWith(sources, entry)].filter(
      (target) => others.some((folder) => target.startsWith(folder)) || peers.includes(target),
    );
    expect(reached).toEqual([]);
  });
});

it('the first failure of a process loads neither zod nor YAML', () => {
  const first = [...loadedWith(sources, 'src/healer/engine.ts'), ...loadedWith(sources, 'src/learning/index.ts')];
  expect(first).toContain('xstate');
  expect(first.filter((target) => ['zod', 'yaml', 're2js'].includes(target))).toEqual([]);
});

describe('the scan of a source', () => {
  const kinds = (text: string): string[] =>
    parseSource('src/a.ts', text).imports.map(({ kind, target }) => `${kind} ${target}`);

  it('sees every form of import and export', () => {
    expect(
      kinds(`import './b.ts'; import x, { type Y } from '../c.ts'; export * from 'd'; export { e } from 'node:e';`),
    ).toEqual(['static src/b.ts', 'static c.ts', 'static d', 'static node:e']);
    expect(
      kinds(`import type { A } from './a.ts'; export type { B } from '@b/c/d'; let c: import('./c.ts').C;`),
    ).toEqual(['type src/a.ts', 'type @b/c', 'type src/c.ts']);
    expect(kinds("const a = await import('./a.ts'); await import(name); require('b/c');")).toEqual([
      'dynamic src/a.ts',
      'dynamic (computed)',
      'static b',
    ]);
  });

  it('is not misled by comments and texts', () => {
    expect(kinds("// import './b.ts'\nconst text = \"import './c.ts'\"; /* import('d') */")).toEqual([]);
  });

  it('finds a ring through a re-export, a dynamic import and a type', () => {
    const ring = new Map(
      [
        parseSource('a.ts', "export { b } from './b.ts';"),
        parseSource('b.ts', "await import('./c.ts');"),
        parseSource('c.ts', "import type { A } from './a.ts';"),
      ].map((source) => [source.path, source]),
    );
    expect(findRings(ring)).toEqual([['a.ts', 'b.ts', 'c.ts', 'a.ts']]);
    expect([...loadedWith(ring, 'a.ts')]).toEqual(['a.ts', 'b.ts']);
  });
});
