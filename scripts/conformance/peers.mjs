// Installs the suite and the servers from npm, in the locked versions.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './programs.mjs';

const folder = inRoot('scripts/conformance/peers');
const versions = (file) => {
  if (!existsSync(join(folder, file))) return undefined;
  const { packages } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return JSON.stringify(
    Object.entries(packages)
      .map(([name, { version }]) => name && [name, version])
      .filter(Boolean),
  );
};

/** Installs them if they are missing. */
export const installPeers = () => {
  if (versions('package-lock.json') === versions('node_modules/.package-lock.json')) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder], {
    stdio: 'inherit',
  });
};
