import type { Fault, RepairName } from './faults.ts';

/** What the backend does with a request. */
export type Reaction = 'accept' | 'reset' | 'silence' | { readonly status: number; readonly retryAfterS?: number };

export interface Attempt {
  readonly id: unknown;
  /** Whether a request of it met the fault. */
  met: boolean;
  /** Number of effects that its requests had. */
  effects: number;
  /** The line that the server responded with. */
  response?: string;
}

/** One row of the table: what the backend, the fix commands and the witness of the server have seen, and when a fault ends. */
export class Scene {
  readonly key: string;
  readonly tokenOf: (n: number) => string;
  /** The attempts at the call under the fault. */
  readonly attempts: Attempt[] = [];
  /** The repair fixes that ran. */
  readonly fixes: RepairName[] = [];
  /** Opens and closes the backend's port, as far as it is listening. */
  setOpen: (open: boolean) => Promise<void> = async () => {};
  hasCache: () => boolean = () => true;
  #fault: Fault | undefined;
  #isCured = false;
  /** Whether an attempt that met the fault has ended. */
  #hasEnded = false;
  #tokens = 1;
  #timer: NodeJS.Timeout | undefined;

  constructor(key: string, tokenOf: (n: number) => string) {
    this.key = key;
    this.tokenOf = tokenOf;
  }

  /** The fault begins. */
  async begin(fault: Fault): Promise<void> {
    this.#fault = fault;
    const { kind } = fault.symptom;
    if (kind === 'closed' || kind === 'unknown host') await this.setOpen(false);
    // Open connections would hide that the name is unknown.
    if (kind === 'unknown host') await this.setOpen(true);
    if (fault.cure.by === 'time') this.#timer = setTimeout(() => this.#cure(), fault.cure.longestMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Whether the name of the backend resolves. */
  get isResolved(): boolean {
    if (this.#fault?.symptom.kind !== 'unknown host' || !this.#isActive) return true;
    this.#meet();
    return false;
  }

  /** The server is about to receive a call. */
  callSent(id: unknown): void {
    if (this.#fault === undefined) return;
    this.#attemptEnded();
    this.attempts.push({ id, met: this.#fault.symptom.kind === 'closed' && this.#isActive, effects: 0 });
  }

  /** The server has responded to a call. */
  callEnded(id: unknown, line: string): void {
    const attempt = this.attempts.findLast((one) => one.id === id);
    if (attempt === undefined) return;
    attempt.response = line;
    this.#attemptEnded();
  }

  /** The proxy no longer waits for the call, or the server has been restarted. */
  callGivenUp(): void {
    this.#attemptEnded();
  }

  /** What happens to a request. @param login Everything in the request that may hold the login. */
  react(login: string): Reaction {
    const fault = this.#fault;
    if (fault === undefined) return 'accept';
    if (fault.symptom.kind === 'status' && fault.symptom.status === 401) {
      // An expired token stays expired; only the new one is accepted.
      if (this.#tokens > 1 && login.includes(this.tokenOf(this.#tokens))) return 'accept';
    } else if (!this.#isActive) return 'accept';
    switch (fault.symptom.kind) {
      case 'status':
        this.#meet();
        return fault.symptom;
      case 'reset':
      case 'silence':
        this.#meet();
        return fault.symptom.kind;
      default:
        return 'accept';
    }
  }

  /** Whether a request that changes something has had its effect, although it fails. */
  get failsAfterEffect(): boolean {
    return this.#fault !== undefined && !this.#fault.healableWrite && this.#fault.cure.by === 'time';
  }

  tookEffect(): void {
    const attempt = this.attempts.at(-1);
    if (attempt !== undefined) attempt.effects += 1;
  }

  /** A fix command runs. @returns the new token, for a login. */
  async fixRan(name: RepairName): Promise<string> {
    this.fixes.push(name);
    if (name === 'token_refresh' || name === 'kube_login') {
      this.#tokens += 1;
      return this.tokenOf(this.#tokens);
    }
    const { cure, vpn } = this.#fault ?? {};
    if (name === 'vpn_connect' && vpn === 'command' && cure?.by === 'fix' && cure.fixes.includes(name)) {
      await this.setOpen(true);
    }
    return '';
  }

  /** The newest token that was given out. */
  get latestToken(): string {
    return this.tokenOf(this.#tokens);
  }

  get #isActive(): boolean {
    const cure = this.#fault?.cure;
    if (cure === undefined) return false;
    if (cure.by === 'time') return !this.#isCured;
    if (cure.by === 'fix' && cure.fixes.includes('cache_clear')) return this.hasCache();
    return true;
  }

  #meet(): void {
    const attempt = this.attempts.at(-1);
    if (attempt !== undefined) attempt.met = true;
  }

  /** The time until the fault ends begins when the first attempt that met it has ended, whatever the machine's load. */
  #attemptEnded(): void {
    const { cure } = this.#fault ?? {};
    if (cure?.by !== 'time' || this.#hasEnded || !this.attempts.some(({ met }) => met)) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    if (cure.ms === 0) this.#cure();
    else this.#timer = setTimeout(() => this.#cure(), cure.ms);
  }

  #cure(): void {
    this.#isCured = true;
    if (this.#fault?.symptom.kind === 'closed') void this.setOpen(true);
  }
}
