// Compiles the sources into dist/. The new tree is built next to the old one and then replaces it, so that a renamed file
// leaves nothing behind and a program that runs from dist/ in the meantime finds all files.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildPage } from './build-page.mjs';
import { buildProgram } from './build-program.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Moves `fresh` to `place`; retries, because another build may move its own tree there between the two steps. */
const takePlace = (fresh, place, attic) => {
  for (let round = 1; ; round += 1) {
    try {
      if (existsSync(place)) renameSync(place, join(attic, `old-${round}`));
      renameSync(fresh, place);
      return;
    } catch (error) {
      if (round === 10) throw error;
    }
  }
};

/** Writes the pattern files as one JSON file, which is much faster to read; see src/diagnosis/pattern-files.ts. */
const writePatterns = async (fresh) => {
  const { buildPatterns } = await import(pathToFileURL(join(fresh, 'src/diagnosis/pattern-files.js')).href);
  mkdirSync(join(fresh, 'memory'));
  writeFileSync(join(fresh, 'memory/patterns.json'), JSON.stringify(buildPatterns()));
};

/** Writes the defaults of an empty configuration; see src/config/load.ts. */
const writeDefaults = async (fresh) => {
  const { configSchema } = await import(pathToFileURL(join(fresh, 'src/config/schema.js')).href);
  writeFileSync(join(fresh, 'config-defaults.json'), JSON.stringify(configSchema.parse({})));
};

mkdirSync(join(root, '.cache'), { recursive: true });
const workspace = mkdtempSync(join(root, '.cache/build-'));
try {
  const fresh = join(workspace, 'dist');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--outDir', fresh], {
    cwd: root,
    stdio: 'inherit',
  });
  const program = join(fresh, 'src/cli/main.js');
  if (existsSync(program)) {
    await writePatterns(fresh);
    await buildPage(join(fresh, 'inspector-page'));
    await writeDefaults(fresh);
    await buildProgram(fresh);
    chmodSync(program, 0o755);
    takePlace(fresh, join(root, 'dist'), workspace);
  }
  // A type error fails the build, but the output is still written, as by tsc itself.
  process.exitCode = status ?? 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
