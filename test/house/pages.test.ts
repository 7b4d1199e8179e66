import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';

const { drawArchitecture, readImports, withParts } = await import(
  pathToFileURL(join(root, 'scripts/architecture/draw.mjs')).href
);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  '.github/pull_request_template.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);

const folders = ['src', 'machines', 'fixes', 'memory', 'test', 'bench', 'scripts', 'api', 'docs'].join('|');

describe('docs/architecture.md', () => {
  it('shows the imports between the folders as they are (npm run architecture)', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    expect(page).toBe(withParts(page, drawArchitecture(readImports(root))));
  });
});

describe.each(pages)('%s', (_path, text) => {
  it('names only files and folders that exist', () => {
    const paths = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'))].map((match) => match[1] ?? '');
    expect(paths.filter((path) => !path.startsWith('memory/learned') && !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const names = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only steps that .ci/run has', () => {
    const [, list = ''] = /^all=\((.*)\)$/m.exec(readFileSync(join(root, '.ci/run'), 'utf8')) ?? [];
    const named = [...text.matchAll(/\.ci\/run((?: [a-z_]+)+)(?=[`\n])/g)].flatMap(([, steps = '']) =>
      steps.trim().split(' '),
    );
    expect(named.filter((step) => !list.split(' ').includes(step))).toEqual([]);
  });
});
