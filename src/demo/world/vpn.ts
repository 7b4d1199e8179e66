import { createServer, type Socket } from 'node:net';
import { type Listening, loopback, serveJson } from './http.ts';

/** A wiki that is only reachable through a tunnel, and the remote end of this tunnel. */
export interface Vpn {
  /** The local port of the tunnel; nothing listens there while the tunnel is down. */
  readonly port: number;
  /** The ports that a tunnel needs. */
  readonly tunnel: TunnelFacts;
  /** Number of open tunnels. */
  readonly tunnels: number;
  /** Number of pages read. */
  readonly reads: number;
  /** Closes everything, including the tunnels. */
  close(): Promise<void>;
}

/** The ports that a tunnel needs. */
export interface TunnelFacts {
  /** The local port of the tunnel. */
  readonly port: number;
  /** The port to which connections are forwarded. */
  readonly targetPort: number;
  /** A connection to this port keeps the tunnel open; the tunnel closes with it. */
  readonly leasePort: number;
}

/** Finds an unused port. */
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
