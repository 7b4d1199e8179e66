// Runs the packed package on a newer line of Node (24, or the one named): installed from the tarball with the optional
// peers, every subpath imported, the program run through npx, the demo. That Node comes from npm too.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, healOnce, importAll, inConsumer, install, manifest, pack, root, runProgram } from './consumer.mjs';

const line = process.argv[2] ?? '24';

/** The program of a Node line, installed once below .cache/. */
const getNode = () => {
  const home = join(root, '.cache', `node-${line}`);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: `node-${line}`, private: true }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${line}`], {
      cwd: home,
      stdio: 'inherit',
    });
  }
  return node;
};

const folder = mkdtempSync(join(tmpdir(), 'healflow-pack-'));
try {
  const { tarball } = pack(folder);
  await inConsumer(
    async (consumer) => {
      const version = consumer.run('node', '--version').trim();
      console.log(`Node ${version}`);
      assert(version.startsWith(`v${line}.`), `the Node in use is of the line ${line}`);
      install(
        consumer,
        tarball,
        ...Object.entries(manifest.peerDependencies).map(([name, range]) => `${name}@${range}`),
      );
      importAll(consumer);
      assert(runProgram(consumer, '--version').trim() === manifest.version, '`healflow --version` tells the version');
      assert(runProgram(consumer, 'graph').includes('ApplyingFix'), '`healflow graph` draws the chart');
      healOnce(consumer);
      process.stdout.write(runProgram(consumer, 'demo'));
    },
    { node: getNode() },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
