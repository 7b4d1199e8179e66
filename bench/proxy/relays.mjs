import { join } from 'node:path';

const main = join(import.meta.dirname, '../../dist/src/cli/main.js');
const server = join(import.meta.dirname, 'server.mjs');

/** A server that answers with so many bytes, and has so many tools. */
export const serverOf = (bytes, tools = 1) => [process.execPath, server, String(bytes), String(tools)];

/** The proxy with its defaults, whatever stands in the folder that the benchmark was started from. */
export const proxyOf = (folder, ...words) => [
  process.execPath,
  main,
  'proxy',
  '--memory',
  join(folder, 'memory'),
  ...words,
];

/** What stands before a server: nothing but bytes being passed on, or healflow. */
export const relaysOf = (folder, argv) => ({
  pipe: [process.execPath, join(import.meta.dirname, 'byte-pipe.mjs'), ...argv],
  healflow: proxyOf(folder, '--', ...argv),
});
