import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrailStep } from './trail.ts';
import { loopback } from './world/http.ts';

/** A run in progress. */
export interface FollowedRun {
  /** The states it has entered. */
  states(): readonly string[];
  /** Resolves when it has entered the last state, or after the timeout. */
  logged(timeoutMs: number): Promise<void>;
}

/** Receives the states of the runs from the demo's proxy. */
export interface Trail {
  readonly port: number;
  /** Follows the next run. */
  follow(onStep: (step: TrailStep) => void): FollowedRun;
  close(): Promise<void>;
}

/** Listens for the trail, which is sent as JSON Lines. */
export const listenForTrail = async (): Promise<Trail> => {
  let onNext: (step: TrailStep) => void = () => {};
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => onNext(JSON.parse(line) as TrailStep));
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
        onNext = (step) => {
          states.push(step.state);
          onStep(step);
          if (step.state === 'Logging') resolve();
        };
      });
      return {
        states: () => states,
        logged: async (timeoutMs) => {
          const control = new AbortController();
          await Promise.race([last, sleep(timeoutMs, undefined, { signal: control.signal }).catch(() => {})]);
          control.abort();
          onNext = () => {};
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
