import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const findRoot = (): URL => {
  // The sources and the compiled tree under dist/ lie at different depths.
  for (let folder = new URL('./', import.meta.url); folder.pathname !== '/'; folder = new URL('../', folder)) {
    if (existsSync(new URL('package.json', folder))) return folder;
  }
  throw new Error(`no package.json above ${import.meta.url}`);
};

/** The path of a file that ships with the package, such as `memory/patterns`. */
export const packageFile = (path: string): string => fileURLToPath(new URL(path, findRoot()));
