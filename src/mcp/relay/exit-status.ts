import { constants } from 'node:os';

/** How a process ended. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The exit code that a shell would report: for a signal, 128 and its number. */
export const exitCodeOf = ({ code, signal }: ExitStatus): number =>
  code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0));

/** The exit status in words that follow "the MCP server". */
export const describeExit = ({ code, signal }: ExitStatus): string =>
  signal === null ? `exited (code ${code})` : `was killed (${signal})`;
