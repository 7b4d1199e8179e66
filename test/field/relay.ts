import { connect, createServer, type Socket } from 'node:net';
import { type Backend, Port } from './backend.ts';
import type { Database } from './databases.ts';
import type { Scene } from './scene.ts';

/** How a protocol says that it fails. */
export interface Protocol {
  /** The answer to a message of the client while the service fails; undefined if this message passes all the same. */
  readonly failed: (status: number, message: Buffer) => Buffer | undefined;
  /** Whether a message changes something. */
  readonly writes?: (message: Buffer) => boolean;
  /** Whether a message can meet the fault at all; by default every one. */
  readonly meets?: (message: Buffer) => boolean;
}

/**
 * A real database behind a relay that fails as its scene says. What ends a 401 is remembered by the database, as if a login
 * had been prolonged.
 */
export const relayBackend =
  (protocol: Protocol, database: Database) =>
  (scene: Scene): Backend => {
    const handle = (socket: Socket): void => {
      const onward = connect(database.port, '127.0.0.1');
      onward.on('error', () => socket.destroy()).once('close', () => socket.destroy());
      socket.once('close', () => onward.destroy());
      onward.pipe(socket);
      socket.on('data', (message: Buffer) => {
        const reaction = (protocol.meets?.(message) ?? true) ? scene.react(scene.latestToken) : 'accept';
        const changes = protocol.writes?.(message) ?? false;
        if (changes && (reaction === 'accept' || scene.failsAfterEffect)) scene.tookEffect();
        if (reaction === 'silence') return;
        if (reaction === 'reset') {
          socket.resetAndDestroy();
          return;
        }
        const answer = reaction === 'accept' ? undefined : protocol.failed(reaction.status, message);
        if (answer === undefined) onward.write(message);
        else socket.write(answer);
      });
    };
    const port = new Port(() => createServer(handle));
    scene.setOpen = (open) => port.setOpen(open);
    return {
      open: async () => {
        await database.start();
        await port.setOpen(true);
        return port.number;
      },
      close: () => port.setOpen(false),
    };
  };
