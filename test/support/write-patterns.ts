import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPatterns } from '../../src/diagnosis/pattern-files.ts';
import { root } from '../house/sources.ts';

/** Writes the pattern files as the build does, beside them, where the sources look. */
export const setup = (): void => {
  const place = join(root, 'memory/patterns.json');
  const fresh = `${place}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(buildPatterns())}\n`);
  renameSync(fresh, place);
};
