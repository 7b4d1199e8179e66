import { once } from 'node:events';
import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { showCommand } from '../text/command-line.ts';
import { errorText } from '../text/error-text.ts';
import { Cancellation, type CancelSource, listen, unlisten } from './cancellation.ts';
import { errorCode, isPathNotFound } from './fs.ts';
import { OutputTail } from './output-tail.ts';
import { ProcessGroup } from './process-group.ts';
import { sleep, untilAborted } from './wait.ts';
import { guardProcessGroup } from './watchdog.ts';

/** One command, ready to start. */
export interface CommandRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputLimitBytes: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Receives the process as soon as it has started. */
  readonly started?: ((pid: number) => void) | undefined;
  /**
   * Resolves with true once what the command is for is there, so that the command may go on running; with false if it was
   * cancelled. Without it, the command is done when it ends.
   */
  readonly isDone?: ((cancels: CancelSource) => Promise<boolean>) | undefined;
  /** Whether it ends at once if this process is killed, since another machine may then run it. */
  readonly endsWithProcess?: boolean | undefined;
}

/** How a command ended. */
export interface CommandResult {
  readonly ended: 'ok' | 'failed' | 'aborted' | 'not_started' | 'still_running';
  /** How it ended, for people. */
  readonly reason: string;
  /** The last bytes of both its outputs, in the order in which they arrived. */
  readonly output: string;
  /** Its standard output; undefined if it was longer than the limit. */
  readonly stdout: string | undefined;
  /** The last bytes of its standard error. */
  readonly stderr: string;
  /** Whether it is still running; it then ends with this process, also if this process is killed. */
  readonly isRunning: boolean;
  /** Ends what a successful command has left running in its process group. */
  endGroup(): Promise<void>;
}

/** How long the kernel may take to end a killed process, in ms. */
const goneWithinMs = 1_000;

const notStarted = (reason: string): CommandResult => ({
  ended: 'not_started',
  reason,
  output: '',
  stdout: undefined,
  stderr: '',
  isRunning: false,
  endGroup: async () => {},
});

const whyNotStarted = ([file = '']: readonly string[], cwd: string, error: unknown): string => {
  const name = showCommand([file]);
  if (isPathNotFound(error)) {
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return `the working folder ${cwd} does not exist`;
    return file.includes('/') ? `the command ${name} does not exist` : `the command ${name} was not found on PATH`;
  }
  if (errorCode(error) === 'EACCES') return `the command ${name} may not be executed (EACCES)`;
  return `the command ${name} could not be started: ${errorText(error)}`;
};

type Library = typeof import('execa');

const start = ({ execa }: Library, file: string, args: readonly string[], cwd: string, env: CommandRun['env']) =>
  execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    shell: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    // A session of its own: no terminal to ask on, and one group to end.
    detached: true,
    cleanup: false,
  });

/** How long the group of a command that still runs has to end if this process is killed, and again after SIGTERM, in ms. */
const orphanGraceMs = 500;

/** The same for a command that another machine may run, in ms: less than that machine waits for. */
const urgentGraceMs = 100;

type Exit = [number | null, NodeJS.Signals | null];

/** Waits for the end of a command, or until it is done and may go on running. */
const untilDone = async (
  exit: Promise<Exit>,
  { isDone, signal }: Pick<CommandRun, 'isDone' | 'signal'>,
): Promise<Exit | 'still_running'> => {
  if (isDone === undefined) return exit;
  const over = new Cancellation();
  const abort = (): void => over.abort(signal.reason);
  listen(signal, abort);
  const done = (async () => ((await isDone(over)) ? 'still_running' : exit))();
  try {
    return await Promise.race([exit, done]);
  } finally {
    unlisten(signal, abort);
    over.abort(undefined);
  }
};

const afterExit = (name: string, exitCode: number | null, signal: NodeJS.Signals | null): string =>
  exitCode === null ? `the command ${name} was ended by ${signal}` : `the command ${name} ended with code ${exitCode}`;

/**
 * Runs a command: an argv without a shell, no standard input, no terminal, a process group of its own.
 * The command has ended when its process has; its background processes go on if it succeeded, and are
 * ended with the rest of the group if it failed. Never rejects.
 */
export const runCommand = async ({
  argv,
  cwd,
  env,
  outputLimitBytes,
  signal,
  clock,
  started,
  isDone,
  endsWithProcess = false,
}: CommandRun): Promise<CommandResult> => {
  const [file = '', ...args] = argv;
  const name = showCommand([file]);
  const library = await import('execa');
  if (signal.aborted) return notStarted(`the command ${name} was not started`);
  let child: ReturnType<typeof start>;
  try {
    child = start(library, file, args, cwd, env);
  } catch (error) {
    return notStarted(whyNotStarted(argv, cwd, error));
  }
  if (child.pid === undefined) return notStarted(whyNotStarted(argv, cwd, (await child).cause));
  const group = new ProcessGroup(child.pid);
  const endUrgentGuard = endsWithProcess ? guardProcessGroup(child.pid, urgentGraceMs, 'now') : () => {};
  started?.(child.pid);
  const both = new OutputTail(outputLimitBytes);
  const stdout = new OutputTail(outputLimitBytes);
  const stderr = new OutputTail(outputLimitBytes);
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.add(chunk);
    both.add(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.add(chunk);
    both.add(chunk);
  });

  const exit = once(child, 'exit') as Promise<Exit>;
  const end = await untilAborted(untilDone(exit, { isDone, signal }), signal).catch(() => undefined);
  const endGroup = async (): Promise<void> => {
    await group.end(clock);
  };
  if (end === 'still_running' && child.exitCode === null && child.signalCode === null) {
    const endGuard = guardProcessGroup(child.pid, orphanGraceMs);
    endUrgentGuard();
    let isRunning = true;
    void exit.then(async ([exitCode]) => {
      isRunning = false;
      group.leaderReaped();
      if (exitCode === 0) group.release();
      else await endGroup();
      endGuard();
    });
    // It must not keep a program alive that has nothing else to do.
    child.unref();
    for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref?(): void }).unref?.();
    return {
      ended: 'still_running',
      reason: `the command ${name} is running`,
      output: both.text,
      stdout: undefined,
      stderr: stderr.text,
      get isRunning() {
        return isRunning;
      },
      endGroup,
    };
  }
  const exited = end === 'still_running' ? await exit : end;
  if (exited !== undefined) group.leaderReaped();
  if (exited?.[0] === 0) endUrgentGuard();
  const [exitCode, killedBy] = exited ?? [null, null];
  const ended = exited === undefined ? 'aborted' : exitCode === 0 ? 'ok' : 'failed';
  let allowed = true;
  if (ended === 'ok') group.release();
  else allowed = await group.end(clock);
  // A process that the kernel cannot end must not block the caller.
  if (exited === undefined) {
    const seen = new AbortController();
    await Promise.race([exit, sleep(clock, goneWithinMs, seen.signal)]);
    seen.abort();
  }
  endUrgentGuard();
  // What was written before the exit is still in the pipes: one whole turn of the event loop reads it.
  await nextTurn();
  await nextTurn();
  // A daemon may keep the pipes open, and would be hurt if they closed: they are read on, but hold nothing up.
  for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref?(): void }).unref?.();

  const how =
    exited === undefined ? `the command ${name} was still running and was ended` : afterExit(name, exitCode, killedBy);
  return {
    ended,
    reason: allowed ? how : `${how}, but processes of another user that it started could not be (EPERM)`,
    output: both.text,
    stdout: stdout.isTruncated ? undefined : stdout.text,
    stderr: stderr.text,
    isRunning: false,
    endGroup,
  };
};

/** How a command that had the terminal has ended. */
export interface TerminalResult {
  /** Its exit code; null if a signal has ended it, or it could not be started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started; null if it was. */
  readonly notStarted: string | null;
}

/**
 * Runs a command of the user's with the terminal: an argv without a shell, with the streams and the process group of this process, so that
 * Ctrl-C reaches it as well. Never rejects.
 *
 * @param cancels Ends the command with SIGTERM.
 */
export const runInTerminal = async (
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  cancels?: CancelSource,
): Promise<TerminalResult> => {
  const [file = '', ...args] = argv;
  const failed = (cause: unknown): TerminalResult => ({
    ...{ exitCode: null, signal: null },
    notStarted: whyNotStarted(argv, cwd, cause),
  });
  const { execa } = await import('execa');
  try {
    const child = execa(file, args, { cwd, env, extendEnv: false, stdio: 'inherit', reject: false, cleanup: false });
    const end = (): void => void child.kill('SIGTERM');
    if (cancels?.aborted) end();
    else if (cancels !== undefined) listen(cancels, end);
    const { exitCode, signal, cause } = await child;
    if (cancels !== undefined) unlisten(cancels, end);
    if (exitCode === undefined && signal === undefined) return failed(cause);
    return { exitCode: exitCode ?? null, signal: (signal as NodeJS.Signals | undefined) ?? null, notStarted: null };
  } catch (error) {
    return failed(error);
  }
};
