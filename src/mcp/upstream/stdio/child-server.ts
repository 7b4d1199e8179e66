import { type ChildProcessByStdio, type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { HealError } from '../../../errors.ts';
import { errorCode } from '../../../platform/fs.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import { guardProcessGroup } from './watchdog.ts';

export interface ServerChildOptions {
  /** The server's program and its arguments. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where the server's standard error goes; the process's own is simply inherited. */
  readonly stderr: Writable;
  /** How long it may take to end by itself once the proxy is gone, and again after SIGTERM. */
  readonly graceMs: number;
}

/** A server's process, in a process group of its own. What it says is kept until somebody reads it. */
export interface ChildServer {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended and all of its output has been read. */
  readonly ended: Promise<ExitStatus>;
  /** Resolves when it has ended, and not well. */
  readonly crashed: Promise<void>;
  /** Sends a signal to the whole process group; does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable | null>;
type Options = SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'inherit' | 'pipe'>;

const isPosix = process.platform !== 'win32';

const spawnChild = async (file: string, args: readonly string[], options: Options): Promise<Child> => {
  if (isPosix) return spawn(file, args, options as SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'pipe'>);
  // Windows itself finds no `npx`, which is a script there.
  const { default: crossSpawn } = await import('cross-spawn');
  return crossSpawn(file, args, options) as Child;
};

const nothing = (): void => {};

/** An error that nobody listens for would end the proxy, and output that nobody reads is thrown away when a process ends. */
const bufferOutput = ({ stdin, stdout, stderr }: Child): void => {
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', nothing);
  stdout.on('readable', nothing);
};

/** Lets what was kept of a server's output, and all that follows, come as it is. */
export const startReading = ({ stdout }: ChildServer, take: (chunk: Buffer) => void): void => {
  stdout.removeListener('readable', nothing);
  stdout.on('data', take);
};

/**
 * Starts a server, and sees to it that it does not outlive this process.
 *
 * @throws HealError COMMAND_NOT_FOUND where the command cannot be started.
 */
export const startChildServer = async ({ command, env, stderr, graceMs }: ServerChildOptions): Promise<ChildServer> => {
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
  let isOver = false;
  const ended = new Promise<ExitStatus>((resolve) => {
    child.once('exit', () => {
      // Its number may come back as another's, though a process that has left the group still holds its output open.
      if (isEmptyGroup(pid)) endWatch();
    });
    child.once('close', (code, signal) => {
      isOver = true;
      endWatch();
      resolve({ code, signal });
    });
  });
  // Children that outlive a crashed server hold its output open for ever; those of one that ended well may be meant to.
  const crashed = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code !== 0) resolve();
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (isOver) return;
    try {
      process.kill(isPosix ? -pid : pid, signal);
    } catch {
      // It has ended in between.
    }
  };
  return { stdin: child.stdin, stdout: child.stdout, ended, crashed, kill };
};

const isEmptyGroup = (group: number): boolean => {
  if (!isPosix) return true;
  try {
    process.kill(-group, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
};

const notStarted = (file: string, cause: unknown): string => {
  const code = errorCode(cause);
  if (code === 'ENOENT') return `cannot start the MCP server: there is no command ${JSON.stringify(file)}`;
  if (code === 'EACCES') return `cannot start the MCP server: ${JSON.stringify(file)} may not be run`;
  return `cannot start the MCP server: ${cause instanceof Error ? cause.message : JSON.stringify(file)}`;
};
