import type { CancelSource } from '../platform/cancellation.ts';

/** A question whether a fix may run. Its texts are for people. */
export interface ApprovalQuestion {
  /** The fix, as the name of its history. */
  readonly identity: string;
  /** A digest of what would run. */
  readonly digest: string;
  /** The fix, as in `host:vpn_connect:default`. */
  readonly key: string;
  /** What would run. */
  readonly action: string;
  /** The tool that has failed, and how. */
  readonly tool: string;
  readonly reason: string;
}

/** What is known of a question. */
export interface ApprovalSeen {
  /**
   * `granted`: the fix may run, and this was the only use · `approved`: it may be used · `pending`: nobody has decided yet ·
   * `denied`: it must not run until that ends · `used`, `expired`: it is over, as only `see` says · `none`: nobody has asked.
   */
  readonly state: 'granted' | 'approved' | 'pending' | 'denied' | 'used' | 'expired' | 'none';
  /** The id of the question; null if there is none. */
  readonly id: string | null;
  /** When the question or the decision ends, in ms from now; null if there is none. */
  readonly endsInMs: number | null;
  /** Who decided, and why; null if nobody has, or gave no reason. */
  readonly decidedBy: string | null;
  readonly decisionReason: string | null;
}

/** How long a call can wait for the store. */
export interface ApprovalWait {
  /** The time that is left for the call, in ms. */
  readonly remainingMs: number;
  readonly cancels: CancelSource;
}

/**
 * Questions and decisions that outlast the processes that ask. All methods reject if the store does not respond in time, with a
 * message for people.
 */
export interface ApprovalStore {
  /**
   * Takes the one use of an approval of what would run, as it is named and described to the approver.
   *
   * @param run - A unique id of the run: it may ask again for what it has been granted.
   */
  use(question: ApprovalQuestion, run: string, wait: ApprovalWait): Promise<ApprovalSeen>;
  /** Asks, unless the same question is open or decided. Never `granted` or `none`. */
  ask(question: ApprovalQuestion, wait: ApprovalWait): Promise<ApprovalSeen>;
  /** Looks at one question, and changes nothing. Never `granted`. */
  see(id: string, wait: ApprovalWait): Promise<ApprovalSeen>;
}
