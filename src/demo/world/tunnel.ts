import { connect, createServer } from 'node:net';
import { loopback } from './http.ts';
import type { TunnelFacts } from './vpn.ts';

/** A tunnel that is up. */
export interface Tunnel {
  /** Resolves when the far end has let go of it. */
  readonly ended: Promise<void>;
}

/** Brings a tunnel up: what comes to its port goes on to its target, until its lease ends. */
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
