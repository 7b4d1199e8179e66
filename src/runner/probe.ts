/** What a probe found, in words. */
export interface ProbeResult {
  readonly healthy: boolean;
  readonly reason: string;
}

/** Asks whether all is well. Never rejects. */
export type Probe = (signal: AbortSignal) => Promise<ProbeResult>;
