import { connect, createServer } from 'node:net';
import { loopback } from './http.ts';
import type { TunnelFacts } from './vpn.ts';

/** An open tunnel. */
export interface Tunnel {
  /** Resolves when the remote end has closed it. */
  readonly ended: Promise<void>;
}

/** Opens a tunnel that forwards connections from its port to its target until its lease connection closes. */
export const openTunnel = async ({ port, targetPort, leasePort }: TunnelFacts): Promise<Tunnel> => {
  const server = createServer((near) => {
    const far = connect(targetPort, loopback);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  const lease = connect(leasePort, loopback);
  const ended = new Promise<void>((resolve) => {
    lease.once('close', () => {
      server.close();
      resolve();
    });
  });
  lease.resume();
  await new Promise<void>((resolve, reject) => {
    lease.once('error', reject);
    lease.once('connect', resolve);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
  }).catch((error: unknown) => {
    lease.destroy();
    throw error;
  });
  return { ended };
};
