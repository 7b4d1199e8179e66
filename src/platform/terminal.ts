import { closeSync, constants, openSync } from 'node:fs';

/** Whether this process has a controlling terminal. It has none any more once the terminal is closed. */
export const hasTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY));
    return true;
  } catch {
    return false;
  }
};
