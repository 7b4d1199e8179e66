/** A repair of the same failure is already running. */
export class RepairRunningError extends Error {
  override readonly name = 'RepairRunningError';

  constructor(sig: string, by: string) {
    super(`a repair of the failure ${sig} is already running: ${by}; wait until it has ended`);
  }
}
