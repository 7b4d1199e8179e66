// Tests the packed package on a newer Node line (24 by default): installs the tarball with the optional peers, imports every
// subpath, runs the program through npx, and the demo. That Node comes from npm too.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, healOnce, importAll, inConsumer, install, manifest, pack, runProgram } from './consumer.mjs';
import { getNode } from './node-line.mjs';

const line = process.argv[2] ?? '24';

const folder = mkdtempSync(join(tmpdir(), 'healflow-pack-'));
try {
  const { tarball } = pack(folder);
  await inConsumer(
    async (consumer) => {
      const version = consumer.run('node', '--version').trim();
      console.log(`Node ${version}`);
      assert(version.startsWith(`v${line}.`), `the Node in use is from line ${line}`);
      install(
        consumer,
        tarball,
        ...Object.entries(manifest.peerDependencies).map(([name, range]) => `${name}@${range}`),
      );
      importAll(consumer);
      assert(runProgram(consumer, '--version').trim() === manifest.version, '`healflow --version` prints the version');
      assert(runProgram(consumer, 'graph').includes('ApplyingFix'), '`healflow graph` prints the chart');
      healOnce(consumer);
      process.stdout.write(runProgram(consumer, 'demo'));
    },
    { node: getNode(line) },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
