import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from '../faults/programs.ts';

const folder = inRepository('test/field/peers');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(folder, 'package.json'), 'utf8'),
) as Manifest;

/** The path of a file of an installed package. */
export const peer = (path: string): string => join(folder, 'node_modules', path);

/** The locked version of a package. */
export const versionOf = (name: string): string =>
  dependencies[name] ?? devDependencies[name] ?? optionalDependencies[name] ?? 'unknown';

const isInstalled = (name: string): boolean => {
  const manifest = peer(`${name}/package.json`);
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === versionOf(name);
};

/** Installs the packages in their locked versions, if one is missing. The short run needs only the dependencies. */
export const installPeers = (packages: readonly string[]): void => {
  if (packages.every(isInstalled)) return;
  const omit = packages.every((name) => name in dependencies) ? ['--omit=dev', '--omit=optional'] : [];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', '--ignore-scripts', ...omit, ...quiet, '--prefix', folder], { stdio: 'inherit' });
};
