import type { QuestionStates } from '../../healer/question-states.ts';
import type { Deferral } from '../../model/deferral.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { RunReport } from '../../model/run.ts';
import type { FixName } from '../../model/terms.ts';
import { sleep } from '../../platform/wait.ts';
import type { ApprovalSeen } from '../../sharing/approval-store.ts';
import { type HideDigest, RequestStateError } from '../../sharing/request-states.ts';
import { messageOf } from '../../text/error-text.ts';
import { isRecord } from '../../text/is-record.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import { isAccepted } from '../protocol/elicitation.ts';
import { inputRequiredResult } from '../protocol/input-required.ts';
import { healingMeta, healingMetaKey } from './result-meta.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a transport knows of a call whose client is asked by responses. */
export interface QuestionedCall {
  readonly tool: string;
  readonly args: Json | undefined;
  /** A digest of the tool and the arguments; undefined if there is none. Computed once, if it is needed. */
  readonly digest: () => string | undefined;
  /** Whether the client can show a form to its user. */
  readonly canAsk: boolean;
  /** What the client has come back with; undefined at the first call. */
  readonly returned?: { readonly state: string; readonly response: unknown } | undefined;
}

/** How a call goes on whose client has come back. `failure` is what the transport gave to `ask`. */
export type Resumed =
  | { readonly kind: 'heal'; readonly failure: Json; readonly diagnosis: Diagnosis; readonly failedAt: number }
  | { readonly kind: 'ended'; readonly failure: Json }
  | { readonly kind: 'ask'; readonly result: object }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

/** What travels through the client. It is signed, not encrypted. */
interface Content {
  readonly call: string;
  readonly fix: FixName;
  /** Hidden: the digest itself would let a client try what the environment of the fix contains. */
  readonly fixDigest: string;
  readonly text: string;
  /** The question to the approvers of the fleet; null if the user of the client decides. */
  readonly asked: string | null;
  readonly diagnosis: Diagnosis;
  readonly failure: Json;
  readonly meta: Json;
  /** How long before the state was signed the attempt began that failed, in ms. */
  readonly failedAgoMs: number;
  readonly isFleetWide: boolean;
  /** How often the client has been asked. */
  readonly round: number;
}

/** What a question goes on with that a call was asked before. */
interface Earlier {
  readonly round: number;
  readonly failedAt: number;
  /** When the first question ends, on the monotonic clock. */
  readonly endsAt: number;
}

/** What a resumed run depends on. The texts may hold more than the client sees. */
const withoutTexts = (diagnosis: Diagnosis): Diagnosis => {
  const { unreadableRetryAfter: _, ...kept } = diagnosis;
  const remainder = kept.remainder && { ...kept.remainder, text: '...' };
  return { ...kept, evidence: '', remainder, deliveredBecause: 'decided when the call failed' };
};

/** How long a user may take to decide, in ms. */
const lifetimeMs = 3_600_000;
/** A failure that is longer does not travel through the client, in characters. */
const maxFailureChars = 65_536;
/** How often a client is asked; most clients give up after ten times. */
const maxRounds = 9;
/** The same for a client that shows no form, and comes back at once; it waits here meanwhile, in ms. */
const maxSilentRounds = 3;
const silentWaitsMs = [1_000, 2_000, 3_000, 4_000];

/** The question of one call to the user of a client that comes back with the decision, as from MCP 2026-07-28 on. */
export class CallQuestion {
  readonly deferral: { -readonly [Name in keyof Deferral]: Deferral[Name] };
  readonly #questions: QuestionStates;
  readonly #call: QuestionedCall;
  /** When the time of the call is over, on the monotonic clock. */
  readonly #deadline: number;
  /** The digest of the fix that the client was asked about. */
  #fixDigest = '';
  #earlier: Earlier | undefined;

  constructor(questions: QuestionStates, call: QuestionedCall) {
    this.#questions = questions;
    this.#call = call;
    this.#deadline = questions.clock.monotonic() + questions.deadlineOf(call.tool);
    this.deferral = {
      get canAsk() {
        return call.canAsk && call.digest() !== undefined;
      },
    };
  }

  /**
   * The result that asks; undefined if nothing is to be asked, or nothing can be signed. Never rejects.
   *
   * @param failureOf Gives what the client gets otherwise, so that any process can still respond with it.
   */
  async ask(run: RunReport, failureOf: () => Json): Promise<object | undefined> {
    try {
      return await this.#ask(run, failureOf);
    } catch (error) {
      this.#warn(error);
      return undefined;
    }
  }

  async #ask(run: RunReport, failureOf: () => Json): Promise<object | undefined> {
    const { question } = this.deferral;
    const call = this.#call.digest();
    if (question === undefined || call === undefined) return undefined;
    if (run.refusal?.code !== 'APPROVAL_PENDING' || run.lastDiagnosis === null) return undefined;
    const { round, failedAt, endsAt } = this.#earlier ?? { round: 0, failedAt: 0, endsAt: Number.POSITIVE_INFINITY };
    const now = this.#questions.clock.monotonic();
    if (round >= this.#maxRounds || endsAt <= now) return undefined;
    const failure = failureOf();
    if (JSON.stringify(failure).length > maxFailureChars) return undefined;
    const { asked } = question;
    this.#fixDigest = question.digest;
    const content: Content = {
      call,
      fix: question.fix,
      fixDigest: '',
      text: question.text,
      asked: asked?.id ?? null,
      diagnosis: withoutTexts(run.lastDiagnosis),
      failure,
      meta: { [healingMetaKey]: healingMeta(run) },
      failedAgoMs: this.#earlier === undefined || run.attempts > 1 ? run.durationMs : now - failedAt,
      isFleetWide: question.isFleetWide,
      round: round + 1,
    };
    return this.#sign(content, Math.min(asked?.endsInMs ?? lifetimeMs, endsAt - now));
  }

  get #remainingMs(): number {
    return Math.max(0, this.#deadline - this.#questions.clock.monotonic());
  }

  get #maxRounds(): number {
    return this.#call.canAsk ? maxRounds : maxSilentRounds;
  }

  /** The cause of what a client only gets told in general. */
  #warn(error: unknown): void {
    const { cause = error } = error instanceof Error ? error : {};
    this.#questions.warn(`a question of ${this.#call.tool}: ${messageOf(cause)}`);
  }

  /** Reads what the client has come back with, and takes its one use. Never rejects. */
  async resume(signal: AbortSignal): Promise<Resumed> {
    const { state = '', response } = this.#call.returned ?? {};
    try {
      const opened = await this.#questions.open(state, (given, hide) => this.#misfit(given, hide), this.#remainingMs);
      const content = opened.content as unknown as Content;
      const now = this.#questions.clock.monotonic();
      const failedAt = now - opened.ageMs - content.failedAgoMs;
      this.#earlier = { round: content.round, failedAt, endsAt: now + opened.leftMs };
      return content.asked === null
        ? await this.#decided(content, response, failedAt)
        : await this.#askedFleet(content, content.asked, { response, failedAt, signal });
    } catch (error) {
      const isOurs = error instanceof RequestStateError;
      const isUnknown = !isOurs || error.kind === 'unknown';
      if (isUnknown) this.#warn(error);
      const code = isUnknown ? errorCodes.internalError : errorCodes.invalidParams;
      return {
        kind: 'refused',
        code,
        message: `healflow: ${isOurs ? error.message : 'this requestState cannot be checked now'}`,
      };
    }
  }

  /** Why a state does not fit this call; null if it does. */
  async #misfit(given: Json, hide: HideDigest): Promise<string | null> {
    const { call, fix, fixDigest, diagnosis, failure } = given;
    if (!isRecord(diagnosis) || !isRecord(failure)) return 'malformed';
    const { tool, args, digest } = this.#call;
    if (call !== digest()) return 'it is of a call of another tool, or with other arguments';
    const wanted = { tool, args, diagnosis: diagnosis as unknown as Diagnosis, remainingMs: lifetimeMs, attempt: 1 };
    const now = await this.#questions.digestOfFix(fix as FixName, wanted);
    if (now !== undefined) this.#fixDigest = now;
    return now !== undefined && hide(now) === fixDigest
      ? null
      : `${String(fix)} is configured in another way than when it was asked about`;
  }

  /** The user of the client decides. */
  async #decided(content: Content, response: unknown, failedAt: number): Promise<Resumed> {
    if (response === undefined) return this.#again(content, lifetimeMs);
    this.deferral.decision = { digest: this.#fixDigest, isApproved: isAccepted(response) };
    return { kind: 'heal', failure: content.failure, diagnosis: content.diagnosis, failedAt };
  }

  /** An approver of the fleet decides; the user can only say whether to go on waiting. */
  async #askedFleet(
    content: Content,
    id: string,
    {
      response,
      failedAt,
      signal,
    }: { readonly response: unknown; readonly failedAt: number; readonly signal: AbortSignal },
  ): Promise<Resumed> {
    const { failure, diagnosis } = content;
    if (response !== undefined && !isAccepted(response)) return { kind: 'ended', failure };
    const seen = await this.#see(id, signal);
    if (seen !== undefined && seen.state !== 'pending') return { kind: 'heal', failure, diagnosis, failedAt };
    return this.#again(content, seen?.endsInMs ?? lifetimeMs);
  }

  /** Looks whether the approvers have decided; waits a little if the client does not wait by itself. */
  async #see(id: string, signal: AbortSignal): Promise<ApprovalSeen | undefined> {
    const { clock } = this.#questions;
    const wait = { remainingMs: Math.min(10_000, this.#remainingMs), cancels: signal };
    const look = (): Promise<ApprovalSeen | undefined> => this.#questions.see(id, wait).catch(() => undefined);
    let seen = await look();
    if (this.#call.canAsk) return seen;
    for (const waitMs of silentWaitsMs) {
      if ((seen !== undefined && seen.state !== 'pending') || !(await sleep(clock, waitMs, signal))) break;
      seen = await look();
    }
    return seen;
  }

  /** Asks once more, and not beyond the end of the first question. */
  async #again(content: Content, endsInMs: number): Promise<Resumed> {
    const { round, failure } = content;
    const now = this.#questions.clock.monotonic();
    const { failedAt, endsAt } = this.#earlier ?? { failedAt: now, endsAt: now };
    if (round >= this.#maxRounds || endsAt <= now) return { kind: 'ended', failure };
    const next = { ...content, round: round + 1, failedAgoMs: now - failedAt };
    const result = await this.#sign(next, Math.min(endsInMs, endsAt - now)).catch((error: unknown) =>
      this.#warn(error),
    );
    return result ? { kind: 'ask', result } : { kind: 'ended', failure };
  }

  async #sign(content: Content, endsInMs: number): Promise<object> {
    const hidden = (hide: HideDigest) => ({ ...content, fixDigest: hide(this.#fixDigest) });
    const state = await this.#questions.sign(hidden, endsInMs, content.isFleetWide, this.#remainingMs);
    const { asked, text, meta } = content;
    const { canAsk } = this.#call;
    if (asked === null) return inputRequiredResult(state, { text, meta });
    const waiting = `${text}\nAn approver of the fleet decides about it (question ${asked}). Go on once that is done.`;
    return inputRequiredResult(state, { text: canAsk ? waiting : undefined, title: 'Go on', meta });
  }
}
