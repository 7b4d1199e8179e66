import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const findRoot = (): URL => {
  // The sources and the compiled files are at different depths.
  for (let folder = new URL('./', import.meta.url); folder.pathname !== '/'; folder = new URL('../', folder)) {
    if (existsSync(new URL('package-lock.json', folder)) && existsSync(new URL('machines', folder))) return folder;
  }
  throw new Error('not inside the repository');
};
const root = findRoot();

/** The path of a file of the repository. */
export const inRepository = (path: string): string => fileURLToPath(new URL(path, root));

/** The path of one of the suite's programs; TypeScript programs are compiled to `.cache`. */
export const program = (name: string): string =>
  inRepository(name.endsWith('.mjs') ? `test/faults/programs/${name}` : `.cache/faults/faults/programs/${name}`);
