/** Each command module exports one function that resolves with the exit code; it is loaded on demand. */
export const setExitCode = async (code: Promise<number>): Promise<void> => {
  process.exitCode = await code;
};
