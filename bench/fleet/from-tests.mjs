// What the tests have for real databases and for several machines, over the built program.
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'src/');

/** Takes the modules of the program from its build. */
const builtProgram = {
  name: 'built-program',
  resolveId: (id, importer) => {
    const path = id.startsWith('.') ? resolve(importer, '..', id) : id;
    if (!path.startsWith(sources)) return null;
    const built = join(root, 'dist/src', path.slice(sources.length).replace(/\.ts$/, '.js'));
    return { id: pathToFileURL(built).href, external: true };
  },
};

/** Loads a module of the tests, by its path below the folder `test`. */
export const fromTests = async (path) => {
  const file = join(root, '.cache/bench-fleet', path.replace(/\.ts$/, '.js'));
  await build({
    input: join(root, 'test', path),
    platform: 'node',
    plugins: [builtProgram],
    output: { file, format: 'esm' },
    logLevel: 'warn',
  });
  return import(pathToFileURL(file).href);
};
