import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrailStep } from './trail.ts';
import { loopback } from './world/http.ts';

/** A run on its way. */
export interface FollowedRun {
  /** The states it has come to. */
  states(): readonly string[];
  /** Resolves when it has come to its last one, or after so many ms. */
  logged(patienceMs: number): Promise<void>;
}

/** Where the proxy of the demo tells of the states that its runs come to. */
export interface Trail {
  readonly port: number;
  /** Follows the next run. */
  follow(onStep: (step: TrailStep) => void): FollowedRun;
  close(): Promise<void>;
}

/** Listens for the trail: one JSON object a line. */
export const listenForTrail = async (): Promise<Trail> => {
  let told: (step: TrailStep) => void = () => {};
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => told(JSON.parse(line) as TrailStep));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, () => resolve((server.address() as { port: number }).port));
  });
  return {
    port,
    follow: (onStep) => {
      const states: string[] = [];
      const last = new Promise<void>((resolve) => {
        told = (step) => {
          states.push(step.state);
          onStep(step);
          if (step.state === 'Logging') resolve();
        };
      });
      return {
        states: () => states,
        logged: async (patienceMs) => {
          const control = new AbortController();
          await Promise.race([last, sleep(patienceMs, undefined, { signal: control.signal }).catch(() => {})]);
          control.abort();
          told = () => {};
        },
      };
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
