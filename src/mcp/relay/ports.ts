import type { Clock } from '../../model/clock.ts';
import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';

/** What a relay is connected to. All bytes are whole messages. */
export interface RelayPorts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** How often the client hears that a call is still being healed. */
  readonly progressEveryMs: number;
  /** A first attempt that takes longer is given up and healed; undefined if it may take all the time it wants. */
  readonly attemptTimeoutMs: number | undefined;
  /** How long a call may take together with all that is done to heal it. */
  readonly deadlineMs: number;
  readonly toClient: (bytes: Buffer) => void;
  /** @param key The key of the answer that is expected; empty where there is none. */
  readonly toUpstream: (bytes: Buffer, key: string) => void;
  /** Takes back a message that is not on its way yet; false if it is too late. */
  readonly withdraw: (key: string) => boolean;
  /** A call went through healing. */
  readonly healed: (outcome: RunOutcome<unknown>) => void;
  /** The last tool call that was open has been answered. */
  readonly idle: () => void;
}
