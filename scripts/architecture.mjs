// Writes the imports between the folders of the sources into docs/architecture.md: `npm run architecture`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawArchitecture, readImports, withParts } from './architecture/draw.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = new URL('../docs/architecture.md', import.meta.url);
writeFileSync(page, withParts(readFileSync(page, 'utf8'), drawArchitecture(readImports(root))));
