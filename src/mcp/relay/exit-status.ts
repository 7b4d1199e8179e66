import { constants } from 'node:os';

/** How a process ended. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The exit code that tells of an ending, as a shell would: 128 and the number of the signal, where it was one. */
export const exitCodeOf = ({ code, signal }: ExitStatus): number =>
  code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0));

/** The ending in words that go on after "the MCP server". */
export const describeExit = ({ code, signal }: ExitStatus): string =>
  signal === null ? `exited (code ${code})` : `was killed (${signal})`;
