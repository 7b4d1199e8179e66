import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns: number) {
    super();
    this.isTTY = columns > 0;
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Streams that record what is written, and a state folder in the working folder; with `columns`, a terminal of that width. */
export const capture = (cwd: string, { columns = 0, env = {} }: { columns?: number; env?: Io['env'] } = {}) => {
  const stdout = new Sink(columns);
  const stderr = new Sink(0);
  const io: Io = { stdout, stderr, cwd, env: { HEALFLOW_STATE_DIR: join(cwd, 'state'), ...env } };
  return { io, stdout: () => stdout.text, stderr: () => stderr.text };
};
