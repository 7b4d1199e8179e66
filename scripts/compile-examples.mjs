// Compiles test/fixtures/compiled and test/readme to .cache/compiled before the tests run: standard decorators, which the
// test runner does not transform, and the README's examples, which the tests run as a user does. Both import `healflow`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const holdsSources = (folder) =>
  existsSync(join(root, folder)) &&
  readdirSync(join(root, folder), { recursive: true }).some((name) => name.endsWith('.ts'));

/** Type errors are printed, but do not stop the tests: a broken example fails its own test, and `npm run types` checks the types. */
export const setup = () => {
  if (!['test/fixtures/compiled', 'test/readme'].some(holdsSources)) return;
  if (!existsSync(join(root, 'dist/src/index.js'))) console.error('healflow is not built yet: npm run build');
  spawnSync(process.execPath, [compiler, '-p', 'test/tsconfig.compiled.json'], { cwd: root, stdio: 'inherit' });
};
