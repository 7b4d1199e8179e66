// Run as a process: creates a healer whose configuration file has N patterns; prints CPU time and elapsed time in ms as JSON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHealer } from '../../dist/src/index.js';
import { patterns } from './patterns.mjs';

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
try {
  const configFile = join(folder, 'healflow.yaml');
  const own = patterns(Number(process.argv[2]));
  // JSON is YAML too.
  const lines = own.map((pattern) => `  - ${JSON.stringify(pattern)}\n`);
  writeFileSync(configFile, own.length === 0 ? 'patterns: []\n' : `patterns:\n${lines.join('')}`);
  const before = process.cpuUsage();
  const began = performance.now();
  const healer = await createHealer({ configFile, memoryDir: folder });
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  await healer.close();
  console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1_000 }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
