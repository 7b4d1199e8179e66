import { createServer, type Socket } from 'node:net';
import { type Listening, loopback, serveJson } from './http.ts';

/** A wiki that is reached through a tunnel only, and the far end of this tunnel. */
export interface Vpn {
  /** Where the near end of the tunnel listens once the tunnel is up; nobody does before. */
  readonly port: number;
  /** Where a tunnel leads to, and the line that keeps it alive. */
  readonly tunnel: TunnelFacts;
  /** How many tunnels are up. */
  readonly tunnels: number;
  /** How many pages were read. */
  readonly reads: number;
  /** Ends everything, tunnels included. */
  close(): Promise<void>;
}

/** What a tunnel must know. */
export interface TunnelFacts {
  /** Where it listens. */
  readonly port: number;
  /** Where what it gets goes to. */
  readonly targetPort: number;
  /** Whoever listens there keeps a tunnel alive: it ends with this connection. */
  readonly leasePort: number;
}

/** Finds a port at which nobody listens. */
const freePort = async (): Promise<number> => {
  const { port, close } = await serveJson(() => ({ status: 204, body: null }));
  await close();
  return port;
};

const startLease = async (): Promise<Listening & { readonly held: ReadonlySet<Socket> }> => {
  const held = new Set<Socket>();
  const server = createServer((socket) => {
    held.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => held.delete(socket));
    socket.resume();
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, () => resolve((server.address() as { port: number }).port));
  });
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      for (const socket of held) socket.destroy();
    });
  return { port, url: `tcp://${loopback}:${port}`, close, held };
};

/** Starts the wiki; the tunnel to it is down. */
export const startVpn = async (): Promise<Vpn> => {
  let reads = 0;
  const wiki = await serveJson(() => {
    reads += 1;
    return { status: 200, body: { page: 'Where to eat', text: 'The bakery at the corner opens at seven.' } };
  });
  const lease = await startLease();
  const port = await freePort();
  return {
    port,
    tunnel: { port, targetPort: wiki.port, leasePort: lease.port },
    get tunnels() {
      return lease.held.size;
    },
    get reads() {
      return reads;
    },
    close: async () => {
      await Promise.all([wiki.close(), lease.close()]);
    },
  };
};
