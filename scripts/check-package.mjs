// Packs the package and checks it from a user's point of view: the manifest, the types, an install into an empty project, an
// import of each subpath, the program through npx.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assert,
  healOnce,
  importAll,
  inConsumer,
  install,
  manifest,
  pack,
  root,
  runProgram,
  subpaths,
} from './consumer.mjs';

const tool = (name, ...args) =>
  execFileSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' });

/** Compiles an import of every subpath in a strict `nodenext` project. */
const checkTypes = ({ run, write }) => {
  write(
    'use.ts',
    subpaths.map((name, at) => `import * as m${at} from '${name}';\nexport const x${at}: object = m${at};`).join('\n'),
  );
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        strict: true,
        noEmit: true,
        types: ['node'],
        skipLibCheck: false,
      },
      files: ['use.ts'],
    }),
  );
  run('npx', '--no-install', 'tsc', '-p', '.');
};

const folder = mkdtempSync(join(tmpdir(), 'healflow-pack-'));
try {
  const { tarball, files } = pack(folder);
  console.log(`${files.length} files packed`);
  assert(files.includes('LICENSE') && files.includes('README.md'), 'the licence and the README are packed');
  assert(
    files.some((path) => /^memory\/patterns\/.+\.yaml$/.test(path)),
    'the shipped patterns are packed',
  );
  assert(files.includes('dist/memory/patterns.json'), 'the compiled patterns are packed');
  for (const name of ['healflow', 'patterns', 'lesson']) {
    assert(files.includes(`schema/${name}.schema.json`), `the JSON Schema ${name} is packed`);
  }
  assert(files.includes('src/fleet/migrations/001_leases.sql'), 'the migrations of the fleet are packed');
  for (const name of ['index.html', 'app.js', 'app.css', 'icon.svg']) {
    assert(files.includes(`dist/inspector-page/${name}`), `the inspector's ${name} is packed`);
  }
  for (const path of files) {
    assert(!/^(test|api|bench|scripts|\.ci|\.cache|memory\/learned)\//.test(path), `${path} is not packed`);
  }

  tool('publint', 'run', tarball, '--strict');
  tool('attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color');

  await inConsumer(async (consumer) => {
    install(consumer, tarball);
    importAll(consumer);
    const { typescript, '@types/node': nodeTypes } = manifest.devDependencies;
    assert(runProgram(consumer, '--version').trim() === manifest.version, '`healflow --version` prints the version');
    assert(runProgram(consumer, 'graph').includes('ApplyingFix'), '`healflow graph` prints the chart');
    healOnce(consumer);
    install(consumer, '--save-dev', `typescript@${typescript}`, `@types/node@${nodeTypes}`);
    checkTypes(consumer);
    console.log('installed, imported, type-checked and run in an empty project');
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
