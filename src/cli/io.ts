import type { Writable } from 'node:stream';

/** What a command reads of the process and writes to. */
export interface Io {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});

/** The output of a command: as fast as its reader takes it, and no more once the reader has gone. */
export interface Output {
  /** Resolves with false once nobody reads any more, as behind `| head`. */
  write(text: string): Promise<boolean>;
  /** Resolves once everything is written, or nobody reads any more. */
  end(): Promise<void>;
}

/** Writes to a stream. A reader that goes away is no error; any other one rejects. */
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
