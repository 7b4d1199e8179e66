import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';

/** What a clone does not hold: made by a tool, or while running. As .gitignore says. */
const made = new Set(['.git', 'node_modules', 'dist', '.cache', 'coverage', 'learned', '.stryker-tmp', 'reports']);

const walk = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (made.has(entry.name) || entry.name.endsWith('.tgz')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });

const texts = walk('.')
  .filter((path) => !['.png', '.ico', '.woff2'].includes(extname(path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const linesWith = (pattern: RegExp, among = texts): string[] =>
  among.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

describe('the tracked files', () => {
  it('are text that can be read', () => {
    expect(texts.map(({ path }) => path)).toContain('package.json');
    expect(texts.filter(({ text }) => text.includes('\0')).map(({ path }) => path)).toEqual([]);
  });

  it('name no folder of the machine they were written on', () => {
    // In parts, so that this file does not hold what it looks for.
    const folders = ['work', 'root'].join('|');
    expect(linesWith(new RegExp(`(?<![\\w.~}/-])/(${folders})/`))).toEqual([]);
  });

  it('name no package registry', () => {
    const hosts = [
      'registry\\.(?!example\\.)[a-z.]+',
      'npmjs\\.(org|com)/-',
      'npmmirror',
      'artifactory',
      'verdaccio',
    ].join('|');
    expect(linesWith(new RegExp(`https?://[^\\s/]*(${hosts})`))).toEqual([]);
  });

  it('lock each package by its content and not by where it came from', () => {
    const packages = Object.entries<Locked>(lock.packages).filter(([path]) => path !== '');
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    // A build for a platform that the registry at hand did not hold is known by name and version alone.
    const unchecked = packages.filter(
      ([, { integrity, optional, os }]) => integrity === undefined && !(optional && os),
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });

  it('lock every platform of a tool that is built for several, without which npm ci refuses (npm run lock)', () => {
    const wanted = Object.values<Locked>(lock.packages).flatMap((locked) =>
      Object.keys(locked.optionalDependencies ?? {}),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((name) => !(`node_modules/${name}` in lock.packages))).toEqual([]);
  });

  it('are where the mutation tests look for them', async () => {
    const { areas } = await import(pathToFileURL(join(root, 'scripts/mutation/areas.mjs')).href);
    const named = Object.values<{ mutate: string[]; tests: string[] }>(areas).flatMap((area) => [
      ...area.mutate,
      ...area.tests,
    ]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('end with a line end and hold no conflict markers', () => {
    const written = texts.filter(({ path }) => /\.(ts|mjs|json|md|yaml)$/.test(path) && !path.includes('fixtures'));
    expect(written.filter(({ text }) => text !== '' && !text.endsWith('\n')).map(({ path }) => path)).toEqual([]);
    expect(linesWith(/^(<{7}|>{7}) /)).toEqual([]);
  });
});
