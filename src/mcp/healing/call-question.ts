import type { QuestionStates } from '../../healer/question-states.ts';
import type { Deferral } from '../../model/deferral.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { RunReport } from '../../model/run.ts';
import type { FixName } from '../../model/terms.ts';
import { sleep } from '../../platform/wait.ts';
import type { ApprovalSeen } from '../../sharing/approval-store.ts';
import { RequestStateError } from '../../sharing/request-states.ts';
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
  /** A digest of the tool and the arguments. */
  readonly digest: string;
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

  constructor(questions: QuestionStates, call: QuestionedCall) {
    this.#questions = questions;
    this.#call = call;
    this.deferral = { canAsk: call.canAsk };
  }

  /**
   * The result that asks; undefined if nothing is to be asked, or nothing can be signed.
   *
   * @param failure What the client gets otherwise, so that any process can still respond with it.
   */
  async ask(run: RunReport, failure: Json): Promise<object | undefined> {
    const { question } = this.deferral;
    if (question === undefined || run.refusal?.code !== 'APPROVAL_PENDING' || run.lastDiagnosis === null)
      return undefined;
    if (JSON.stringify(failure).length > maxFailureChars) return undefined;
    const { asked } = question;
    const content: Content = {
      call: this.#call.digest,
      fix: question.fix,
      fixDigest: question.digest,
      text: question.text,
      asked: asked?.id ?? null,
      diagnosis: run.lastDiagnosis,
      failure,
      meta: { [healingMetaKey]: healingMeta(run) },
      failedAgoMs: run.durationMs,
      isFleetWide: question.isFleetWide,
      round: 1,
    };
    return this.#sign(content, asked?.endsInMs ?? lifetimeMs).catch(() => undefined);
  }

  /** Reads what the client has come back with, and takes its one use. Never rejects. */
  async resume(signal: AbortSignal): Promise<Resumed> {
    const { state = '', response } = this.#call.returned ?? {};
    try {
      const opened = await this.#questions.open(state, (given) => this.#misfit(given));
      const content = opened.content as unknown as Content;
      const failedAt = this.#questions.clock.monotonic() - opened.ageMs - content.failedAgoMs;
      return content.asked === null
        ? await this.#decided(content, response, failedAt, opened.ageMs)
        : await this.#askedFleet(content, content.asked, { response, failedAt, ageMs: opened.ageMs, signal });
    } catch (error) {
      const isUnknown = !(error instanceof RequestStateError) || error.kind === 'unknown';
      const code = isUnknown ? errorCodes.internalError : errorCodes.invalidParams;
      return { kind: 'refused', code, message: `healflow: ${error instanceof Error ? error.message : 'no reason'}` };
    }
  }

  /** Why a state does not fit this call; null if it does. */
  async #misfit(given: Json): Promise<string | null> {
    const { call, fix, fixDigest, diagnosis, failure } = given;
    if (!isRecord(diagnosis) || !isRecord(failure)) return 'malformed';
    const { tool, args, digest } = this.#call;
    if (call !== digest) return 'it is of a call of another tool, or with other arguments';
    const wanted = { tool, args, diagnosis: diagnosis as unknown as Diagnosis, remainingMs: lifetimeMs, attempt: 1 };
    const now = await this.#questions.digestOfFix(fix as FixName, wanted);
    return now === fixDigest ? null : `${String(fix)} is configured in another way than when it was asked about`;
  }

  /** The user of the client decides. */
  async #decided(content: Content, response: unknown, failedAt: number, ageMs: number): Promise<Resumed> {
    if (response === undefined) return this.#again(content, ageMs, lifetimeMs);
    this.deferral.decision = { digest: content.fixDigest, isApproved: isAccepted(response) };
    return { kind: 'heal', failure: content.failure, diagnosis: content.diagnosis, failedAt };
  }

  /** An approver of the fleet decides; the user can only say whether to go on waiting. */
  async #askedFleet(
    content: Content,
    id: string,
    {
      response,
      failedAt,
      ageMs,
      signal,
    }: { readonly response: unknown; readonly failedAt: number; readonly ageMs: number; readonly signal: AbortSignal },
  ): Promise<Resumed> {
    const { failure, diagnosis } = content;
    if (response !== undefined && !isAccepted(response)) return { kind: 'ended', failure };
    const seen = await this.#see(id, signal);
    if (seen !== undefined && seen.state !== 'pending') return { kind: 'heal', failure, diagnosis, failedAt };
    return this.#again(content, ageMs, seen?.endsInMs ?? lifetimeMs);
  }

  /** Looks whether the approvers have decided; waits a little if the client does not wait by itself. */
  async #see(id: string, signal: AbortSignal): Promise<ApprovalSeen | undefined> {
    const { clock } = this.#questions;
    const wait = { remainingMs: 10_000, cancels: signal };
    const look = (): Promise<ApprovalSeen | undefined> => this.#questions.see(id, wait).catch(() => undefined);
    let seen = await look();
    if (this.#call.canAsk) return seen;
    for (const waitMs of silentWaitsMs) {
      if ((seen !== undefined && seen.state !== 'pending') || !(await sleep(clock, waitMs, signal))) break;
      seen = await look();
    }
    return seen;
  }

  async #again(content: Content, ageMs: number, endsInMs: number): Promise<Resumed> {
    const { round, failure, failedAgoMs } = content;
    if (round >= (this.#call.canAsk ? maxRounds : maxSilentRounds)) return { kind: 'ended', failure };
    const next = { ...content, round: round + 1, failedAgoMs: failedAgoMs + ageMs };
    const result = await this.#sign(next, endsInMs).catch(() => undefined);
    return result === undefined ? { kind: 'ended', failure } : { kind: 'ask', result };
  }

  async #sign(content: Content, endsInMs: number): Promise<object> {
    const state = await this.#questions.sign(content as unknown as Json, endsInMs, content.isFleetWide);
    const { asked, text, meta } = content;
    const { canAsk } = this.#call;
    if (asked === null) return inputRequiredResult(state, { text, meta });
    const waiting = `${text}\nAn approver of the fleet decides about it (question ${asked}). Go on once that is done.`;
    return inputRequiredResult(state, { text: canAsk ? waiting : undefined, title: 'Go on', meta });
  }
}
