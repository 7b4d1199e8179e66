import { resolve } from 'node:path';

/** The names of the default configuration file, in the order in which they are tried. */
const defaultNames = ['healflow.yaml', 'healflow.yml'];

/** The paths of the configuration file, of which the first that exists counts. */
export const configPaths = (configFile: string | undefined, cwd = process.cwd()): string[] =>
  (configFile === undefined ? defaultNames : [configFile]).map((name) => resolve(cwd, name));
