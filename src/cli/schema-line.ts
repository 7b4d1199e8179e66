import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isInstalled } from './client-config/launcher.ts';

/** A path that the comment can hold as it is: editors read it up to the first blank. */
const isPlain = (path: string): boolean => /^[\w./@+-]+$/.test(path);

/**
 * The line that tells editors the JSON Schema of healflow.yaml: relative to the file if the schema is below its folder, as in
 * node_modules, so that a project can share it; else absolute. Empty if the schema is not there to stay, as in the cache of npx.
 */
export const schemaLine = (schema: string, folder: string, exists: (path: string) => boolean = existsSync): string => {
  if (!exists(schema) || !isInstalled({ script: schema, node: '', env: {} })) return '';
  const way = relative(folder, schema).split(sep).join('/');
  const isBelow = way !== '' && !way.startsWith('..') && !/^(?:[A-Za-z]:|\/)/.test(way);
  const path = isBelow ? `./${way}` : schema;
  return `# yaml-language-server: $schema=${isPlain(path) ? path : pathToFileURL(schema).href}\n`;
};
