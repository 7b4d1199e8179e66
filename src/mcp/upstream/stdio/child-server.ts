import { type ChildProcessByStdio, type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { HealError } from '../../../errors.ts';
import type { Clock } from '../../../model/clock.ts';
import { restingState } from '../../../platform/at-rest.ts';
import { errorCode } from '../../../platform/fs.ts';
import { ProcessGroup } from '../../../platform/process-group.ts';
import { guardProcessGroup } from '../../../platform/watchdog.ts';
import { showCommand } from '../../../text/command-line.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';

export interface ChildServerOptions {
  /** The server's program and its arguments. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Receives the server's standard error; the one of this process is inherited. */
  readonly stderr: Writable;
  /** Maximum time to end by itself after the proxy, and again after SIGTERM. */
  readonly graceMs: number;
}

/** A server's process, in a process group of its own. Its output is buffered until it is read. */
export interface ChildServer {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended and all of its output has been read. */
  readonly ended: Promise<ExitStatus>;
  /** Resolves when it has failed. */
  readonly crashed: Promise<void>;
  /** Sends a signal to the whole process group, also to what the server has left in it. */
  kill(signal: NodeJS.Signals): void;
  /** See `restingState`. */
  restingState(): string | null;
  /** Ends what is left in the process group: SIGTERM, and SIGKILL after the grace. Resolves when that is done. */
  endGroup(clock: Clock): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable | null>;
type Options = SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'inherit' | 'pipe'>;

const isPosix = process.platform !== 'win32';

const spawnChild = async (file: string, args: readonly string[], options: Options): Promise<Child> => {
  if (isPosix) return spawn(file, args, options as SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'pipe'>);
  // Windows does not find `npx` by itself, as it is a script there.
  const { default: crossSpawn } = await import('cross-spawn');
  return crossSpawn(file, args, options) as Child;
};

const nothing = (): void => {};

/** An unhandled stream error would end the proxy, and output that is not read is lost when the process ends. */
const bufferOutput = ({ stdin, stdout, stderr }: Child): void => {
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', nothing);
  stdout.on('readable', nothing);
};

/** Starts to read a server's output, beginning with what was buffered. */
export const startReading = ({ stdout }: ChildServer, take: (chunk: Buffer) => void): void => {
  stdout.removeListener('readable', nothing);
  stdout.on('data', take);
};

/**
 * Starts a server that does not outlive this process.
 *
 * @throws HealError COMMAND_NOT_FOUND if the command cannot be started.
 */
export const startChildServer = async ({ command, env, stderr, graceMs }: ChildServerOptions): Promise<ChildServer> => {
  const [file = '', ...args] = command;
  const refusal = (cause: unknown): HealError => new HealError('COMMAND_NOT_FOUND', notStarted(file, cause), { cause });
  let child: Child;
  try {
    child = await spawnChild(file, args, {
      env,
      stdio: ['pipe', 'pipe', stderr === process.stderr ? 'inherit' : 'pipe'],
      detached: isPosix,
      windowsHide: true,
    });
  } catch (error) {
    throw refusal(error);
  }
  const failed = new Promise((resolve) => child.on('error', resolve));
  const { pid } = child;
  if (pid === undefined) throw refusal(await failed);
  bufferOutput(child);
  child.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk));
  const endWatch = guardProcessGroup(pid, graceMs);
  const group = new ProcessGroup(pid);
  child.once('exit', () => {
    group.leaderReaped();
    // A process that has left the group may still hold the output open.
    if (!group.send(0)) endWatch();
  });
  const ended = new Promise<ExitStatus>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  // The children of a crashed server may hold its output open forever; those of a server that succeeded may do so on purpose.
  const crashed = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code !== 0) resolve();
    });
  });
  const kill = (signal: NodeJS.Signals): void => void group.send(signal);
  const endGroup = async (clock: Clock): Promise<void> => {
    await group.end(clock, graceMs);
    endWatch();
  };
  return {
    ...{ stdin: child.stdin, stdout: child.stdout, ended, crashed, kill, endGroup },
    restingState: () => restingState(pid),
  };
};

const notStarted = (file: string, cause: unknown): string => {
  const code = errorCode(cause);
  if (code === 'ENOENT') return `cannot start the MCP server: there is no command ${showCommand([file])}`;
  if (code === 'EACCES') return `cannot start the MCP server: ${showCommand([file])} may not be run`;
  return `cannot start the MCP server: ${cause instanceof Error ? cause.message : showCommand([file])}`;
};
