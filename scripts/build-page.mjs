// Bundles the inspector's page for the browser: one script, one style sheet, no requests to other servers.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const source = fileURLToPath(new URL('../src/inspector/page/', import.meta.url));

/** The style sheets in the order of their names, as one, without comments and indentation. */
const styles = () =>
  readdirSync(join(source, 'styles'))
    .sort()
    .map((name) => readFileSync(join(source, 'styles', name), 'utf8'))
    .join('')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\n\s*/g, '\n');

/** Writes the page's files into `folder`. */
export const buildPage = async (folder) => {
  mkdirSync(folder, { recursive: true });
  await build({
    input: join(source, 'main.tsx'),
    platform: 'browser',
    tsconfig: join(source, 'tsconfig.json'),
    transform: { target: 'es2022' },
    output: { file: join(folder, 'app.js'), format: 'es', minify: true, codeSplitting: false },
    logLevel: 'warn',
  });
  writeFileSync(join(folder, 'app.css'), styles());
  for (const name of ['index.html', 'icon.svg']) copyFileSync(join(source, name), join(folder, name));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage(process.argv[2]);
