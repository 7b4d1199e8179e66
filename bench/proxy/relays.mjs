import { join } from 'node:path';

const main = join(import.meta.dirname, '../../dist/src/cli/main.js');
const server = join(import.meta.dirname, 'server.mjs');

/** The command of a server with responses of `bytes` bytes and `tools` tools. */
export const serverOf = (bytes, tools = 1) => [process.execPath, server, String(bytes), String(tools)];

/** The command of the proxy with its defaults. */
export const proxyOf = (folder, ...args) => [
  process.execPath,
  main,
  'proxy',
  '--memory',
  join(folder, 'memory'),
  ...args,
];

/** The commands of both relays in front of a server: one that only copies bytes, and healflow. */
export const relaysOf = (folder, argv) => ({
  pipe: [process.execPath, join(import.meta.dirname, 'byte-pipe.mjs'), ...argv],
  healflow: proxyOf(folder, '--', ...argv),
});
