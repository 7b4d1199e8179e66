// Runs all benchmarks, one after the other, and generates the page of their results. Run `npm run build` first.
//   npm run bench                 prints the figures
//   npm run bench -- --write      and writes them, and bench/RESULTS.md
//   npm run bench -- --page       only generates the page
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsPage } from './harness/page.mjs';

const root = join(import.meta.dirname, '..');
const options = process.argv.slice(2);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const failed = [];
if (!options.includes('--page')) {
  for (const script of Object.keys(scripts).filter((name) => name.startsWith('bench:'))) {
    console.log(`\n=== ${script}`);
    const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...options], { cwd: root, stdio: 'inherit' });
    if (status !== 0) failed.push(script);
  }
}
if (options.includes('--write') || options.includes('--page')) {
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), resultsPage(import.meta.dirname));
}
if (failed.length > 0) {
  console.error(`\nbounds are missed in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
