/** The description of each fix status. */
export const fixWords: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  not_needed: 'was not needed',
  failed: 'failed',
  timed_out: 'timed out',
  refused: 'was refused',
  cancelled: 'was cancelled',
};
