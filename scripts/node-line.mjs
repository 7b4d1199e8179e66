// Another Node line, for programs that do not run on the current one. It comes from npm like all dependencies.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './consumer.mjs';

/** The path of the Node program of a line, for example '24'; installed once below .cache/. */
export const getNode = (line) => {
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
