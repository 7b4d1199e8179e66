// The proxy in each of its ways, with nothing configured but what a way needs; nobody's own configuration is found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './programs.mjs';

/** @param folder where the proxy may keep what it learns. */
export const createWays = (folder) => {
  const configured = (name, config) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    return [inRoot('dist/src/cli/main.js'), 'proxy', '--config', file, '--memory', join(folder, 'memory')];
  };
  const proxy = configured('plain', {});
  const sharing = configured('shared', { proxy: { http: { upstream: 'shared' } } });
  const onHttp = (program, ...rest) => ({
    name: `healflow proxy --http ${rest.join(' ')}`,
    args: (port) => [...program, '--http', String(port), ...rest],
  });
  return {
    httpToHttp: (url) => onHttp(proxy, '--upstream', url),
    httpToStdio: (command) => onHttp(proxy, '--', ...command),
    /** One process for all clients, in place of one for each. */
    httpToSharedStdio: (command) => onHttp(sharing, '--', ...command),
    /** A command line; the URL is to follow. */
    stdioToHttp: [process.execPath, ...proxy, '--upstream'],
    stdioToStdio: (command) => [process.execPath, ...proxy, '--', ...command],
  };
};
