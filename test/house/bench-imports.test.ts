import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { root } from './sources.ts';

const fromDist = /import\s*\{([^}]*)\}\s*from\s*'(\.[^']+\/dist\/[^']+)'/g;

/** Every name that a benchmark imports from the compiled sources; nothing else checks these imports. */
const imports = readdirSync(join(root, 'bench'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.mjs') && !path.includes('node_modules'))
  .flatMap((path) =>
    [...readFileSync(join(root, 'bench', path), 'utf8').matchAll(fromDist)].map(([, names = '', module = '']) => ({
      path,
      module: resolve(root, 'bench', dirname(path), module),
      names: names
        .split(',')
        .map((name) => name.trim().split(' as ')[0] ?? '')
        .filter((name) => name !== ''),
    })),
  );

it('the benchmarks import only names that the compiled sources export', async () => {
  expect(imports.length).toBeGreaterThan(10);
  const missing = await Promise.all(
    imports.map(async ({ path, module, names }) => {
      const exported = existsSync(module) ? await import(pathToFileURL(module).href) : {};
      return names.filter((name) => !(name in exported)).map((name) => `bench/${path}: ${name}`);
    }),
  );
  expect(missing.flat()).toEqual([]);
});
