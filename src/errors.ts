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

/** Thrown where healflow itself refuses or breaks; a tool's own failure is never wrapped in it. */
export class HealError extends Error {
  override readonly name = 'HealError';
  readonly code: HealErrorCode;

  constructor(code: HealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What an error says; anything can be thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'it threw no error');
