// The proxy in each mode, with a minimal configuration file, so that no other configuration is found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './programs.mjs';

/** @param folder Memory folder of the proxy. */
export const createModes = (folder) => {
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
    /** One process for all clients instead of one for each. */
    httpToSharedStdio: (command) => onHttp(sharing, '--', ...command),
    /** A command line; the URL follows. */
    stdioToHttp: [process.execPath, ...proxy, '--upstream'],
    stdioToStdio: (command) => [process.execPath, ...proxy, '--', ...command],
  };
};
