import type { Clock } from '../../model/clock.ts';
import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';

/** What a relay is connected to. All bytes are complete messages. */
export interface RelayPorts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** The interval of progress notifications while a call is healed. */
  readonly progressEveryMs: number;
  /** Timeout of a first attempt; undefined for no limit. */
  readonly attemptTimeoutMs: number | undefined;
  /** Maximum duration of a call together with its healing. */
  readonly deadlineMs: number;
  readonly toClient: (bytes: Buffer) => void;
  /** @param key The key of the expected response; empty if there is none. */
  readonly toUpstream: (bytes: Buffer, key: string) => void;
  /** Withdraws a message that has not been sent yet; false if it is too late. */
  readonly withdraw: (key: string) => boolean;
  /** Called when the healing of a call has ended. */
  readonly healed: (outcome: RunOutcome<unknown>) => void;
  /** Called when no tool call is open any more. */
  readonly idle: () => void;
}
