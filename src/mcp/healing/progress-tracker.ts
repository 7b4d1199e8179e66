import type { Clock } from '../../model/clock.ts';
import type { FixName } from '../../model/terms.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import { keyOf, type Message } from '../jsonrpc/message.ts';
import { type CallProgress, readProgress, tokenText } from '../protocol/progress.ts';
import { noteActivity, showsActivity } from './call-activity.ts';
import type { ToolCall } from './tool-call.ts';

interface Reader {
  readonly call: ToolCall;
  readonly progress: CallProgress;
  /** What happens to notifications: they pass unchanged, are dropped as late, or are rewritten for the client. */
  state: 'passthrough' | 'finished' | 'rewritten';
}

/** The progress of all open calls, by the token of its notifications. */
export class ProgressTracker {
  readonly #ids: IdGenerator;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #toClient: (bytes: Buffer) => void;
  readonly #readers = new Map<string, Reader>();
  readonly #timers = new Map<CallProgress, unknown>();
  /** The fixes that are running, by the progress of the call that they run for. */
  readonly #fixes = new Map<CallProgress, FixName>();

  constructor(ids: IdGenerator, clock: Clock, everyMs: number, toClient: (bytes: Buffer) => void) {
    this.#ids = ids;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#toClient = toClient;
  }

  first(call: ToolCall): void {
    const { progress } = call;
    if (progress !== undefined) this.#readers.set(keyOf(progress.rawToken), { call, progress, state: 'passthrough' });
  }

  /** The first attempt has failed: the client gets regular notifications while its call is healed. */
  beginHealing({ progress, tool }: ToolCall): void {
    if (progress === undefined) return;
    const reader = this.#readers.get(keyOf(progress.rawToken));
    if (reader?.progress === progress) reader.state = 'finished';
    const report = (): void => {
      const fix = this.#fixes.get(progress);
      this.#toClient(progress.report(`healflow: ${fix === undefined ? 'healing' : `${fix} for`} ${tool}…`));
      this.#timers.set(progress, this.#clock.setTimeout(report, this.#everyMs));
    };
    this.#timers.set(progress, this.#clock.setTimeout(report, this.#everyMs));
  }

  /** A fix starts: the notifications name it. */
  fixing({ progress }: ToolCall, fix: FixName): void {
    if (progress !== undefined) this.#fixes.set(progress, fix);
  }

  beginAttempt(call: ToolCall, rawToken: string): void {
    const { progress } = call;
    if (progress === undefined) return;
    progress.beginAttempt();
    this.#fixes.delete(progress);
    this.#readers.set(keyOf(rawToken), { call, progress, state: 'rewritten' });
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
    if (this.#readers.get(key)?.progress === progress) this.#readers.delete(key);
  }

  /** Takes a message of the server that passes unchanged: only whether it shows that its call is under way counts. */
  note(message: Message): void {
    const progress = readProgress(message);
    const reader = progress && this.#readers.get(keyOf(tokenText(message, progress)));
    if (reader === undefined || reader.state === 'finished') return;
    if (showsActivity(message.method, { progress: progress?.value })) noteActivity(reader.call);
  }

  /** Takes a notification of the server. Returns true if the client does not get it unchanged. */
  pass(message: Message): boolean {
    const progress = readProgress(message);
    if (progress === undefined) return false;
    const key = keyOf(tokenText(message, progress));
    const reader = this.#readers.get(key);
    if (reader === undefined) return this.#ids.issued(key);
    if (reader.state !== 'finished' && showsActivity(message.method, { progress: progress.value }))
      noteActivity(reader.call);
    if (reader.state === 'passthrough') {
      reader.progress.seen(progress.value);
      return false;
    }
    if (reader.state === 'rewritten') this.#toClient(reader.progress.rewrite(message, progress));
    return true;
  }
}
