import type { Clock } from '../../model/clock.ts';
import type { FixName } from '../../model/words.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import { keyOf, type Message } from '../jsonrpc/message.ts';
import { type CallProgress, readProgress, tokenText } from '../protocol/progress.ts';
import type { ToolCall } from './tool-call.ts';

interface Reader {
  readonly line: CallProgress;
  /** `first`: passes as it is · `over`: comes late and is dropped · `later`: is rewritten for the client. */
  state: 'first' | 'over' | 'later';
}

/** The progress of all open calls, by the token that it arrives under. */
export class ProgressTracker {
  readonly #ids: IdGenerator;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #toClient: (bytes: Buffer) => void;
  readonly #readers = new Map<string, Reader>();
  readonly #timers = new Map<CallProgress, unknown>();
  /** The fixes that are run, by whom they are run for. */
  readonly #fixes = new Map<CallProgress, FixName>();

  constructor(ids: IdGenerator, clock: Clock, everyMs: number, toClient: (bytes: Buffer) => void) {
    this.#ids = ids;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#toClient = toClient;
  }

  first({ progress }: ToolCall): void {
    if (progress !== undefined) this.#readers.set(keyOf(progress.rawToken), { line: progress, state: 'first' });
  }

  /** Takes over from a failed first attempt: the client hears from time to time that its call is not forgotten. */
  beginHealing({ progress, tool }: ToolCall): void {
    if (progress === undefined) return;
    const reader = this.#readers.get(keyOf(progress.rawToken));
    if (reader?.line === progress) reader.state = 'over';
    const report = (): void => {
      const fix = this.#fixes.get(progress);
      this.#toClient(progress.report(`healflow: ${fix === undefined ? 'healing' : `${fix} for`} ${tool}…`));
      this.#timers.set(progress, this.#clock.setTimeout(report, this.#everyMs));
    };
    this.#timers.set(progress, this.#clock.setTimeout(report, this.#everyMs));
  }

  /** A fix begins: what the client hears names it. */
  fixing({ progress }: ToolCall, fix: FixName): void {
    if (progress !== undefined) this.#fixes.set(progress, fix);
  }

  beginAttempt({ progress }: ToolCall, rawToken: string): void {
    if (progress === undefined) return;
    progress.beginAttempt();
    this.#fixes.delete(progress);
    this.#readers.set(keyOf(rawToken), { line: progress, state: 'later' });
  }

  endAttempt(rawToken: string): void {
    this.#readers.delete(keyOf(rawToken));
  }

  end({ progress }: ToolCall): void {
    if (progress === undefined) return;
    this.#clock.clearTimeout(this.#timers.get(progress));
    this.#timers.delete(progress);
    this.#fixes.delete(progress);
    const key = keyOf(progress.rawToken);
    if (this.#readers.get(key)?.line === progress) this.#readers.delete(key);
  }

  /** Looks at a notification of the server's. Returns true if it does not reach the client as it is. */
  pass(message: Message): boolean {
    const progress = readProgress(message);
    if (progress === undefined) return false;
    const key = keyOf(tokenText(message, progress));
    const reader = this.#readers.get(key);
    if (reader === undefined) return this.#ids.issued(key);
    if (reader.state === 'first') {
      reader.line.seen(progress.value);
      return false;
    }
    if (reader.state === 'later') this.#toClient(reader.line.rewrite(message, progress));
    return true;
  }
}
