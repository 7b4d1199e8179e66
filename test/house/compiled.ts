import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './sources.ts';

/** The file that a source below test/readme or test/fixtures/compiled was compiled to; `path` is from the root. */
export const compiledFile = (path: string): string => join(root, '.cache/compiled', path.replace(/\.ts$/, '.js'));

/** The same as a URL, for `import()`. */
export const compiled = (path: string): string => pathToFileURL(compiledFile(path)).href;
