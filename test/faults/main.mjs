// Compiles the suite to .cache/faults and runs it: `npm run build && npm run faults`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
if (!existsSync(join(root, 'dist/src/index.js'))) {
  console.error('healflow is not built yet: npm run build');
  process.exit(2);
}
if (!existsSync(join(root, 'bench/proxy/peers/node_modules'))) {
  console.error(
    'mcp-proxy and supergateway are not installed, so they are not compared: npm ci --ignore-scripts --prefix bench/proxy/peers',
  );
}
const { status } = spawnSync(process.execPath, [compiler, '-p', 'test/faults/tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(2);
await import('../../.cache/faults/faults/run.js');
