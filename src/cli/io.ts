import type { Writable } from 'node:stream';

/** A stream that may be a terminal. */
type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The parts of the process that a command uses. */
export interface Io {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});

/** The output of a command. It respects back-pressure and stops once the reader has closed the stream. */
export interface Output {
  /** Resolves with false once the reader has closed the stream, as with `| head`. */
  write(text: string): Promise<boolean>;
  /** Resolves once everything is written or the reader has closed the stream. */
  end(): Promise<void>;
}

/** Writes to a stream. A closed reader is not an error; other errors reject. */
export const outputTo = (stream: Writable): Output => {
  let failure: NodeJS.ErrnoException | undefined;
  const failed = (error: NodeJS.ErrnoException | null | undefined): void => {
    failure ??= error ?? undefined;
  };
  stream.on('error', failed);
  const isOpen = (): boolean => {
    if (failure !== undefined && failure.code !== 'EPIPE' && failure.code !== 'ERR_STREAM_DESTROYED') throw failure;
    return failure === undefined;
  };
  const written = (text: string): Promise<void> =>
    new Promise((resolve) => {
      stream.write(text, (error) => {
        failed(error);
        resolve();
      });
    });
  return {
    async write(text) {
      if (!isOpen()) return false;
      await written(text);
      return isOpen();
    },
    async end() {
      if (isOpen()) await written('');
    },
  };
};
