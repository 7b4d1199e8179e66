import { readFileSync } from 'node:fs';
import { packageFile } from '../package-root.ts';

export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
}

/** The files of the page, by path. */
const names: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/app.css': ['app.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

const read = new Map<string, PageFile>();

/** Returns a file of the page, read on the first request; undefined if the path is unknown. */
export const pageFile = (path: string): PageFile | undefined => {
  const [name, type] = Object.hasOwn(names, path) ? (names[path] ?? []) : [];
  if (name === undefined || type === undefined) return undefined;
  let file = read.get(path);
  if (file === undefined) {
    file = { bytes: readFileSync(packageFile(`dist/inspector-page/${name}`)), type };
    read.set(path, file);
  }
  return file;
};
