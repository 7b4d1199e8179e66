import type { FixRequest } from '../model/fix.ts';
import type { FixName } from '../model/terms.ts';
import { type CommandResult, type CommandRun, runCommand } from '../platform/command.ts';
import type { FixContext } from './context.ts';
import { commandEnvironment, leaseVariable } from './environment.ts';
import type { WorkResult } from './fix.ts';
import { configPath } from './path.ts';
import { makeProbe, type Probe, type ProbeEntry } from './probe.ts';

/** The configuration of a fix that runs a command. */
export interface CommandEntry {
  readonly cwd?: string | undefined;
  readonly env: readonly string[];
  readonly outputLimitBytes: number;
  readonly probe?: ProbeEntry | undefined;
}

/** The fix, and the call that it is for. */
export interface CommandOccasion {
  readonly name: FixName;
  readonly target: string;
  readonly tool: string;
}

/** The command and the probe of one fix: both run in the same folder and environment. */
export interface CommandFix {
  readonly probe: Probe | undefined;
  /** @param isDone See `CommandRun`. */
  start(argv: readonly string[], request: FixRequest, isDone?: CommandRun['isDone']): Promise<CommandResult>;
}

/** Prepares the commands of a fix. */
export const commandFix = (
  entry: CommandEntry,
  { name, target, tool }: CommandOccasion,
  context: FixContext,
): CommandFix => {
  const cwd = configPath(entry.cwd ?? '.', context);
  const env = commandEnvironment(context.env, entry.env, { fix: name, target, tool });
  const { outputLimitBytes } = entry;
  return {
    probe: entry.probe && makeProbe(entry.probe, { context, cwd, env }),
    start: (argv, { signal, lease }, isDone) =>
      runCommand({
        argv,
        cwd,
        env: lease === undefined ? env : { ...env, [leaseVariable]: lease.id },
        outputLimitBytes,
        signal,
        clock: context.clock,
        isDone,
        endsWithProcess: lease?.isFleetWide,
        started: lease && ((pid) => lease.setWorker(pid)),
      }),
  };
};

/** Converts the result of a command to the report of a fix. */
export const commandWork = ({ ended, reason, output, endGroup }: CommandResult): WorkResult => ({
  status: ended === 'ok' || ended === 'still_running' ? 'succeeded' : 'failed',
  reason,
  output,
  undo: endGroup,
});
