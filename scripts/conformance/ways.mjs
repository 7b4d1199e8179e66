// The proxy in each of its ways, as it is delivered: nothing is configured, and nobody's own configuration is found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './programs.mjs';

/** @param folder where the proxy may keep what it learns. */
export const createWays = (folder) => {
  const config = join(folder, 'healflow.yaml');
  writeFileSync(config, '{}\n');
  const proxy = [inRoot('dist/src/cli/main.js'), 'proxy', '--config', config, '--memory', join(folder, 'memory')];
  const onHttp = (...rest) => ({
    name: `healflow proxy --http ${rest.join(' ')}`,
    args: (port) => [...proxy, '--http', String(port), ...rest],
  });
  return {
    httpToHttp: (url) => onHttp('--upstream', url),
    httpToStdio: (command) => onHttp('--', ...command),
    /** A command line; the URL is to follow. */
    stdioToHttp: [process.execPath, ...proxy, '--upstream'],
    stdioToStdio: (command) => [process.execPath, ...proxy, '--', ...command],
  };
};
