import { unlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { errorCode } from '../platform/fs.ts';

/** The system cuts longer names off: sun_path of unix(7) has 108 bytes. */
const maxPathBytes = 100;

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It is gone.
  }
};

/**
 * Has the system show, even to other containers of this machine, that this process exists: it listens at a socket, which the
 * system closes when the process ends, and not before. Resolves with the function that ends it. A folder in which no
 * socket can be made goes without.
 */
export const showAlive = (path: string): Promise<() => void> =>
  new Promise((resolve) => {
    if (Buffer.byteLength(path) > maxPathBytes) {
      resolve(() => {});
      return;
    }
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.on('error', () => resolve(() => {}));
    server.listen(path, () =>
      resolve(() => {
        server.close();
        remove(path);
      }),
    );
  });

/** Whether a process listens at the socket, also one that is frozen. False if there is no socket, or nobody at it. */
export const isShownAlive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    if (Buffer.byteLength(path) > maxPathBytes) {
      resolve(false);
      return;
    }
    const socket = connect(path);
    const end = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.on('connect', () => end(true));
    // It lets nobody in any more, since too many have asked.
    socket.on('error', (error) => end(errorCode(error) === 'EAGAIN'));
  });

/** Removes the socket of a process that is gone. */
export const removeSocket = remove;
