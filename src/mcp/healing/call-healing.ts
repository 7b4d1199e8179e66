import type { Approve } from '../../model/fix.ts';
import type { AttemptContext, RunOutcome, ToolAnnotations } from '../../model/run.ts';
import type { FixName } from '../../model/words.ts';
import { aborted } from '../../platform/wait.ts';
import { errorCodes, errorResponse, HttpError, JsonRpcError } from '../jsonrpc/errors.ts';
import type { Message } from '../jsonrpc/message.ts';
import { parseSpan, splice } from '../jsonrpc/raw-json.ts';
import { progressTokenOf } from '../protocol/progress.ts';
import { awaitResponse, type PendingRequest } from '../relay/internal-requests.ts';
import { healedResponse } from './answer.ts';
import type { FirstEnd, HealerPort } from './healer-port.ts';
import { argumentsOf, type ToolCall } from './tool-call.ts';
import { traceContextEdits } from './trace-edits.ts';

/** What a healed call is answered with. */
export interface FinalResponse {
  /** What the healer settled with: a result or an error. */
  readonly outcome: unknown;
  /** The server's answer that it was read from; undefined if there was none. */
  readonly answer: Message | undefined;
}

export interface HealingPorts {
  readonly healer: HealerPort;
  /** The annotations of the tool; a promise where the server has to be asked for them. */
  readonly annotations: () => ToolAnnotations | undefined | Promise<ToolAnnotations | undefined>;
  /** Asks the person behind the client; undefined if the client cannot. */
  readonly approve: Approve | undefined;
  /** Sends a request made for this attempt, in which `edit` puts an id and a progress token of healflow's own. */
  readonly send: (edit: (rawId: string, rawToken: string) => Buffer) => PendingRequest;
  readonly answerClient: (bytes: Buffer, last: FinalResponse) => void;
  /** Hears of each fix when it begins. */
  readonly onFix?: ((fix: FixName) => void) | undefined;
  readonly onFinished: (outcome: RunOutcome<unknown> | undefined) => void;
}

/** One call on its way from a failed first attempt to the answer that the client gets. */
export class CallHealing {
  readonly call: ToolCall;
  readonly #ports: HealingPorts;
  readonly #control = new AbortController();
  /** The answers by what the healer was given of them, so that the one it settles with is found again. */
  readonly #answers = new Map<unknown, Message>();
  #open: PendingRequest | undefined;
  #cancelled = false;

  constructor(call: ToolCall, ports: HealingPorts) {
    this.call = call;
    this.#ports = ports;
  }

  /** Heals, and answers the client. Never rejects. @param failure The answer, or the error where there was none. */
  async run(failure: Message | Error): Promise<void> {
    const first: FirstEnd<unknown> = failure instanceof Error ? { thrown: true, error: failure } : this.#read(failure);
    const { trace } = this.call;
    const heal = () => this.#heal(first);
    const outcome = await (trace === undefined ? heal() : trace.within(heal));
    trace?.end({ outcome, cancelled: this.#cancelled });
    this.#ports.onFinished(outcome);
    // The protocol asks for no answer to a cancelled request.
    if (!this.#cancelled) this.#ports.answerClient(...this.#answerOf(first, outcome));
  }

  /** Resolves with undefined if the healer breaks: the client then gets what the tool gave. */
  async #heal(first: FirstEnd<unknown>): Promise<RunOutcome<unknown> | undefined> {
    const { tool, startedAt } = this.call;
    const { healer, approve } = this.#ports;
    const { signal } = this.#control;
    try {
      const known = this.#ports.annotations();
      const annotations = known instanceof Promise ? await Promise.race([known, aborted(signal)]) : known;
      return await healer.heal(tool, first, (context) => this.#attempt(context), {
        args: argumentsOf(this.call),
        annotations: annotations ?? undefined,
        signal,
        approve,
        onFix: this.#ports.onFix,
        startedAt,
      });
    } catch {
      return undefined;
    }
  }

  #answerOf(first: FirstEnd<unknown>, outcome: RunOutcome<unknown> | undefined): [Buffer, FinalResponse] {
    const last: FirstEnd<unknown> =
      outcome === undefined
        ? first
        : outcome.ok || !outcome.thrown
          ? { thrown: false, value: outcome.value }
          : { thrown: true, error: outcome.error };
    const given = last.thrown ? last.error : last.value;
    const answer = given instanceof HttpError ? given.answer : this.#answers.get(given);
    const bytes =
      answer === undefined
        ? errorResponse(this.call.rawId, errorCodes.serverError, messageOf(given))
        : outcome === undefined
          ? answer.bytes
          : healedResponse(this.call.rawId, answer, outcome);
    return [bytes, { outcome: given, answer }];
  }

  /** Ends healing at once, without an answer. @param notification The client's own. */
  cancel(notification: Message): void {
    this.#cancelled = true;
    const reason = new DOMException('the client has cancelled the call', 'AbortError');
    this.#open?.cancel(reason, notification);
    this.#control.abort(reason);
  }

  /** Ends healing at once; the client gets what the tool gave last. */
  abandonHealing(): void {
    this.#control.abort(new DOMException('the proxy is ending', 'AbortError'));
  }

  async #attempt({ signal }: AttemptContext): Promise<unknown> {
    const open = this.#ports.send((rawId, rawToken) => this.#request(rawId, rawToken));
    this.#open = open;
    try {
      const end = this.#read(await awaitResponse(open, signal));
      if (end.thrown) throw end.error;
      return end.value;
    } finally {
      this.#open = undefined;
    }
  }

  #request(rawId: string, rawToken: string): Buffer {
    const { request } = this.call;
    const token = progressTokenOf(request);
    return splice(request.bytes, [
      ...(request.id === undefined ? [] : [{ ...request.id, bytes: rawId }]),
      ...(token === undefined ? [] : [{ ...token, bytes: rawToken }]),
      ...traceContextEdits(request, this.#ports.healer.telemetry?.inject()),
    ]);
  }

  #read(answer: Message): FirstEnd<unknown> {
    if (answer.error !== undefined) {
      const error = new JsonRpcError(parseSpan(answer.bytes, answer.error));
      this.#answers.set(error, answer);
      return { thrown: true, error };
    }
    const value = parseSpan(answer.bytes, answer.result);
    this.#answers.set(value, answer);
    return { thrown: false, value };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'healflow: the call failed');
