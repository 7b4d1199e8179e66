/** The codes of a {@link HealError}. The page docs/refusals.md says what each means and what to do about it. */
export const healErrorCodes = [
  'CONFIG_INVALID',
  'CONFIG_NOT_FOUND',
  'MEMORY_NOT_WRITABLE',
  'ATTEMPT_TIMEOUT',
  'COMMAND_NOT_FOUND',
  'PEER_MISSING',
  'CANNOT_LISTEN',
] as const;

/** Why healflow itself refused or broke, as one of {@link healErrorCodes}. */
export type HealErrorCode = (typeof healErrorCodes)[number];

/** The error of healflow itself: it refused to do something, or broke. A tool's own error is never wrapped in it. */
export class HealError extends Error {
  /** The name of the class. */
  override readonly name = 'HealError';
  /** The reason as a code, which programs can rely on. */
  readonly code: HealErrorCode;

  /**
   * Makes an error.
   *
   * @param code - The reason as a code.
   * @param message - The reason in plain English.
   * @param options - The cause, if there is one.
   */
  constructor(code: HealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
