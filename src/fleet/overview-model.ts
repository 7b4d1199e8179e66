// What a reader of a fleet sees. Only types without imports: the inspector's page, a program for browsers, shares them.

/** What a fleet does now. Times are of the database's clock, in ms since the epoch. All texts were redacted by their machines. */
export interface FleetOverview {
  readonly space: string;
  /** The role that has logged in. */
  readonly role: string;
  /** Whether this role may decide approvals. */
  readonly canDecide: boolean;
  readonly now: number;
  /** The number of machines; those seen last are listed. */
  readonly machineCount: number;
  readonly machines: readonly FleetMachineRow[];
  readonly leases: readonly FleetLeaseRow[];
  readonly fixes: readonly FleetFixRow[];
  readonly approvals: readonly FleetApprovalRow[];
}

export interface FleetMachineRow {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  /** When it last said anything: a machine does so when it heals or copies events. */
  readonly seenAt: number;
  /** What is known of its logs with the last batch; null if it has copied nothing. */
  readonly log: {
    readonly events: number;
    readonly behindBytes: number;
    readonly copiedAt: number;
    /** How far the machine's clock is ahead. */
    readonly clockAheadMs: number;
  } | null;
}

/** `gone`: the run has not ended, but its holder no longer has the lock. */
export type FleetLeaseState = 'running' | 'overdue' | 'gone' | 'ended';

export interface FleetLeaseRow {
  readonly key: string;
  readonly holder: string;
  readonly state: FleetLeaseState;
  readonly since: number;
  /** When the run must have ended; null if a person is asked. */
  readonly until: number | null;
  readonly ended: number | null;
}

export interface FleetFixRow {
  readonly key: string;
  /** The last run, or a person's no; null if there is none. */
  readonly last: { readonly at: number; readonly status: string; readonly reason: string } | null;
  /** When its cool-down ends; null if it is over. */
  readonly coolsUntil: number | null;
  /** The runs that count for its budget; null if no machine has said what that is. */
  readonly budget: { readonly used: number; readonly of: number; readonly windowMs: number } | null;
}

/** A question to the approvers of a fleet, with times in one form or another. */
export interface ApprovalFacts<Time> {
  readonly id: string;
  readonly state: 'pending' | 'approved' | 'denied' | 'used' | 'expired';
  /** The fix, as in `host:vpn_connect:default`. */
  readonly key: string;
  /** What would run. */
  readonly action: string;
  /** The tool that failed, and how. */
  readonly tool: string;
  readonly reason: string;
  readonly askedAt: Time;
  readonly askedBy: string;
  /** When the question, or the decision, ends. */
  readonly expiresAt: Time;
  readonly decidedAt: Time | null;
  readonly decidedBy: string | null;
  readonly decisionReason: string | null;
  readonly usedAt: Time | null;
}

export type FleetApprovalRow = ApprovalFacts<number>;

/** How many events have which result in the log. */
export interface EventCounts {
  readonly success: number;
  readonly failure: number;
  readonly unknown: number;
}

/** The events of all machines in the last 24 hours. */
export interface FleetEvents {
  /** All hours, the oldest first; `t` is the start of each in ms since the epoch. */
  readonly hours: readonly (EventCounts & { readonly t: number })[];
  /** The tools with the most events. */
  readonly tools: readonly (EventCounts & { readonly name: string })[];
  readonly toolCount: number;
}
