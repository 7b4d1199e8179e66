// Another line of Node, for what does not run on the one that runs the scripts. It comes from npm like everything else.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './consumer.mjs';

/** The program of a Node line, '24' for example; installed once below .cache/. */
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
