// Bundles the program: a file for each part of it that is loaded at a time of its own, in place of hundreds of modules, whose
// search and reading is most of a start. Only the project's own modules are taken in; they stay where they are, too, for
// those who import them.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'rolldown';

const staticImport = /^(?:import|export)\b[^'";]*?from\s*'(\.[^']+)'|^import\s*'(\.[^']+)'/gm;

/** The modules that are loaded along with some. */
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
 * Writes the bundle over the compiled program. Its other files lie as deep in the tree as those that they are made of, since
 * some look for files from where they are.
 */
export const buildProgram = async (fresh) => {
  const at = (path) => join(fresh, 'src', path);
  // The proxy is what clients wait for: the part that starts the server, and the part that is loaded meanwhile. What waits for
  // others at its top level, as the entry does, must lie in neither.
  const front = loadedWith([at('cli/proxy.js')]);
  const proxy = loadedWith([at('cli/proxy-run.js'), at('mcp/modes/stdio.js'), at('mcp/upstream/stdio/upstream.js')]);
  await build({
    // The names of the modules stand in the bundle, and must not tell of the folder that it was made in.
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
