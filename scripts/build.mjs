// Compiles the sources into dist/, from scratch so that a renamed file leaves nothing behind.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
execFileSync('npx', ['--no-install', 'tsc', '-p', 'tsconfig.json'], { stdio: 'inherit' });
chmodSync('dist/src/cli/main.js', 0o755);
