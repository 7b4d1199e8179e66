// Bundles the program: one file for each part that is loaded separately, in place of hundreds of modules, because finding and
// reading these is most of the start-up time. Only the project's own modules are bundled; they also stay in place for programs
// that import them.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'rolldown';

const staticImport = /^(?:import|export)\b[^'";]*?from\s*'(\.[^']+)'|^import\s*'(\.[^']+)'/gm;

/** The modules that are loaded together with these. */
const loadedWith = (paths, seen = new Set()) => {
  for (const path of paths.filter((one) => !seen.has(one))) {
    seen.add(path);
    const imports = [...readFileSync(path, 'utf8').matchAll(staticImport)].map(([, from, bare]) => from ?? bare);
    loadedWith(
      imports.map((specifier) => resolve(dirname(path), specifier)),
      seen,
    );
  }
  return seen;
};

/**
 * Writes the bundle over the compiled program. Its chunks are at the same depth in the tree as their sources, because some
 * find files relative to their own path.
 */
export const buildProgram = async (fresh) => {
  const at = (path) => join(fresh, 'src', path);
  // Clients wait for the proxy: `front` starts the server, and `proxy` is loaded in the meantime. Modules with a top-level
  // await, such as the entry, must be in neither.
  const front = loadedWith([at('cli/proxy.js')]);
  const proxy = loadedWith([at('cli/proxy-run.js'), at('mcp/modes/stdio-to-stdio.js')]);
  await build({
    // The bundle contains the names of the modules, which must not reveal the build folder.
    cwd: fresh,
    input: { 'cli/main': at('cli/main.js') },
    platform: 'node',
    external: (id) => !/^[./]/.test(id) && !id.startsWith(fresh),
    output: {
      dir: at('.'),
      format: 'es',
      comments: false,
      entryFileNames: '[name].js',
      chunkFileNames: 'bundle/[name].js',
      codeSplitting: {
        groups: [
          { name: 'front', test: (id) => front.has(id), priority: 2 },
          { name: 'proxy', test: (id) => proxy.has(id), priority: 1 },
        ],
      },
    },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
  });
};
