import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { inRepository } from './programs.ts';
import type { Front, Seen } from './side-by-side.ts';
import type { World } from './world.ts';

const peer = (path: string): string => inRepository(`bench/proxy/peers/node_modules/${path}`);

/** Bridges from a stdio server to HTTP: the program, and the arguments to serve at a port. */
export const bridges = [
  {
    name: 'mcp-proxy',
    program: peer('mcp-proxy/dist/bin/mcp-proxy.mjs'),
    args: (port: number, server: readonly string[]) => [
      ...['--host', '127.0.0.1', '--port', String(port), '--server', 'stream'],
      ...['--', ...server],
    ],
  },
  {
    name: 'supergateway',
    program: peer('supergateway/dist/index.js'),
    args: (port: number, server: readonly string[]) => [
      ...['--stdio', server.join(' '), '--outputTransport', 'streamableHttp', '--stateful'],
      ...['--port', String(port), '--logLevel', 'none'],
    ],
  },
] as const;
export type Bridge = (typeof bridges)[number];

export const isInstalled = ({ program }: Bridge): boolean => existsSync(program);

const listens = async (port: number, child: ChildProcess): Promise<void> => {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the bridge exited with ${child.exitCode}`);
};

/** Starts a bridge in front of the server of a world, and connects an HTTP client to it. */
export const openBridge = async (bridge: Bridge, world: World, port: number): Promise<Front> => {
  const child = spawn(process.execPath, [bridge.program, ...bridge.args(port, world.server)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await listens(port, child);
  const client = new Client({ name: 'suite', version: '1' });
  client.onerror = () => {};
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)));
  await client.listTools();
  return {
    call: async ({ call, channel, faults, kind }, timeout): Promise<Seen> => {
      try {
        const args = { call, faults, channel };
        const result = await client.callTool({ name: kind, arguments: args }, { timeout });
        return result.isError === true ? 'isError' : 'response';
      } catch (error) {
        if (error instanceof ProtocolError) return 'rpc error';
        return error instanceof Error && /timed out/i.test(error.message) ? 'no response' : 'transport error';
      }
    },
    close: async () => {
      await client.close().catch(() => {});
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(killer);
    },
  };
};
