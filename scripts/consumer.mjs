// A project that uses the packed package, like that of a new user: empty, outside the repository, installed from the tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Packs the current build and returns the path of the tarball; the caller removes the folder. */
export const pack = (folder) => {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const report = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
  // An array up to npm 11, an object by package name after it.
  const [packed] = Object.values(report);
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
};

/** Creates the folder, calls `use` with functions to write files and run programs in it, and removes it. `node` is the Node to use. */
export const inConsumer = async (use, { node = process.execPath } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-consumer-'));
  const env = {
    ...process.env,
    PATH: dirname(node) + delimiter + process.env.PATH,
    npm_config_update_notifier: 'false',
  };
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const write = (name, text) => writeFileSync(join(folder, name), text);
  try {
    write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    return await use({ folder, run, write });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The names under which the package's modules are imported: `healflow`, `healflow/mcp`... */
export const subpaths = Object.keys(manifest.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => manifest.name + subpath.slice(1));

export const install = ({ run }, ...packages) => run('npm', 'install', '--no-audit', '--no-fund', ...packages);

/** Imports every subpath; each must export something. */
export const importAll = ({ run, write }) => {
  write(
    'import-all.mjs',
    `for (const name of ${JSON.stringify(subpaths)}) {
  const names = Object.keys(await import(name));
  if (names.length === 0) throw new Error(name + ' exports nothing');
  console.log('  ' + name + ': ' + names.join(', '));
}
const manifest = await import('${manifest.name}/package.json', { with: { type: 'json' } });
if (manifest.default.version !== '${manifest.version}') throw new Error('unexpected version: ' + manifest.default.version);
`,
  );
  process.stdout.write(run('node', '--no-warnings', 'import-all.mjs'));
};

/** Runs the program through npx, which must find it in the project, not in the registry. */
export const runProgram = ({ run }, ...args) => run('npx', '--no-install', manifest.name, ...args);

/** Heals a call with the library, and finds it in the log with the program. */
export const healOnce = (consumer) => {
  consumer.write(
    'heal.mjs',
    `import { createHealer } from '${manifest.name}';
const healer = await createHealer({ config: {}, memoryDir: 'memory' });
let calls = 0;
const outcome = await healer.runOutcome('list_pods', async () => {
  calls += 1;
  if (calls === 1) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  return 'pods';
});
await healer.close();
console.log(outcome.status, calls);
`,
  );
  assert(consumer.run('node', 'heal.mjs').trim() === 'healed 2', 'a refused call is healed by a retry');
  const log = runProgram(consumer, 'log', '--memory', 'memory');
  assert(log.includes('list_pods') && log.includes('retry_backoff'), '`healflow log` shows the healed call');
};

/** @throws Error with the claim if the value is false. */
export const assert = (value, claim) => {
  if (!value) throw new Error(`failed: ${claim}`);
};
