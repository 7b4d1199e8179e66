import { isUp } from '../learning/lesson.ts';
import { type LearningRecord, type Rung, rungs } from '../learning/model.ts';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../text/error-text.ts';
import { isRecord } from '../text/is-record.ts';
import { oneLine, shortLine } from '../text/one-line.ts';
import type { Read } from './fleet-model.ts';
import type {
  LearningOverview,
  LessonProblem,
  LessonReview,
  LessonRow,
  MoveRequest,
  SignatureRow,
} from './learning-model.ts';
import { diffLines } from './line-diff.ts';
import type { ChangeHandler, JsonResponse } from './request-handler.ts';
import { StampedRead } from './stamped-read.ts';

/** All that is known. */
export interface LearningState {
  /** The most frequent first. */
  readonly signatures: readonly SignatureRow[];
  readonly lessons: readonly LessonRow[];
  readonly lessonProblems: readonly LessonProblem[];
  /** The newest records, the newest first. */
  readonly records: readonly LearningRecord[];
  /** How many there are in the files. */
  readonly recordCount: number;
  readonly damaged: number;
}

/** A review with the texts of the file. */
export interface SourceReview extends Omit<LessonReview, 'diff'> {
  /** The text of its file, and what it would become. */
  readonly before: string;
  readonly after: string;
}

export type MoveResult =
  | { readonly status: 'moved' }
  /** The file is not the one that was reviewed. */
  | { readonly status: 'changed' }
  | { readonly status: 'refused'; readonly reason: string };

/** What the page of learning is made of. */
export interface LearningSource {
  /** Whether there is anything to show. Cheap. */
  hasAny(): boolean;
  /** Identifies the content of all files that `read` reads. */
  stamp(): Promise<string>;
  read(): Promise<LearningState>;
  /** Resolves with null if there is no such lesson. */
  review(name: string, to: Rung): Promise<SourceReview | null>;
  /** Moves the lesson if its version is still the one that was reviewed. */
  move(name: string, move: Pick<MoveRequest, 'to' | 'version' | 'by' | 'reason'>): Promise<MoveResult>;
  /** Masks secrets in what people write. */
  readonly redact: (text: string) => string;
}

const maxSignatures = 100;
const maxName = 80;
const maxReason = 500;
const reviewPath = /^\/api\/learning\/lessons\/([\w.-]{1,100})\/review$/;
const movePath = /^\/api\/learning\/lessons\/([\w.-]{1,100})\/move$/;
const signaturePath = /^\/api\/learning\/signatures\/([0-9a-f]{16})$/;

const refusal = (status: number, code: string, message: string): JsonResponse => ({
  status,
  body: { error: { code, message } },
});

const isRung = (value: unknown): value is Rung => rungs.some((rung) => rung === value);

const moveIn = (body: unknown): MoveRequest | undefined => {
  if (!isRecord(body)) return undefined;
  const { to, version, by, reason = null, typed = {} } = body;
  if (!isRung(to) || typeof version !== 'string' || typeof by !== 'string') return undefined;
  if (reason !== null && typeof reason !== 'string') return undefined;
  if (!isRecord(typed) || !Object.values(typed).every((text) => typeof text === 'string')) return undefined;
  return { to, version, by, reason, typed: typed as Readonly<Record<string, string>> };
};

/**
 * The part of the API that shows what was learned, and by which a person moves a lesson. The files are read only when the page asks,
 * and only if they have changed.
 */
export class LearningApi {
  readonly #source: LearningSource;
  readonly #state: StampedRead<LearningState>;
  /** One move at a time. */
  #moving: Promise<unknown> = Promise.resolve();

  constructor(source: LearningSource, clock: Clock) {
    this.#source = source;
    const explain = (error: unknown): string =>
      `What was learned cannot be read: ${oneLine(source.redact(messageOf(error)))}`;
    this.#state = new StampedRead({ stamp: () => source.stamp(), read: () => source.read(), explain, clock });
  }

  /** Whether there is anything to show. */
  get hasAny(): boolean {
    return this.#source.hasAny();
  }

  /** Handles a request; resolves with undefined if the path is unknown. */
  async handle(
    path: string,
    query: URLSearchParams,
  ): Promise<Read<LearningOverview> | SignatureRow | LessonReview | undefined> {
    if (path === '/api/learning') return this.#overview();
    const [, id] = signaturePath.exec(path) ?? [];
    if (id !== undefined) return (await this.#state.get()).value?.signatures.find((one) => one.id === id);
    const [, name] = reviewPath.exec(path) ?? [];
    const to = query.get('to');
    return name !== undefined && isRung(to) ? this.#review(name, to) : undefined;
  }

  /** The moves of lessons. */
  get changes(): ChangeHandler {
    return {
      accepts: (path) => movePath.test(path),
      handle: (path, body) => {
        const moved = this.#moving.then(() => this.#move(movePath.exec(path)?.[1] ?? '', body));
        this.#moving = moved.catch(() => {});
        return moved;
      },
    };
  }

  async #overview(): Promise<Read<LearningOverview>> {
    const { value, ...read } = await this.#state.get();
    if (value === null) return { ...read, value };
    const { signatures, ...known } = value;
    const shown = signatures.slice(0, maxSignatures);
    return { ...read, value: { ...known, signatures: shown, signatureCount: signatures.length } };
  }

  async #review(name: string, to: Rung): Promise<LessonReview | undefined> {
    const found = await this.#source.review(name, to);
    if (found === null) return undefined;
    const { before, after, ...review } = found;
    return { ...review, diff: diffLines(before, after) };
  }

  async #move(name: string, body: unknown): Promise<JsonResponse> {
    const wanted = moveIn(body);
    if (wanted === undefined) {
      return refusal(400, 'BODY', 'a move has `to`, a rung, `version`, `by`, `reason`, a text or null, and `typed`');
    }
    const { redact } = this.#source;
    const by = shortLine(redact(wanted.by), maxName);
    const reason = wanted.reason === null ? '' : shortLine(redact(wanted.reason), maxReason);
    // That is the name of what moves a lesson down by itself.
    if (by.toLowerCase() === 'healflow') {
      return refusal(400, 'NAME', 'Enter your own name: “healflow” is for what healflow does by itself.');
    }
    if (by === '') return refusal(400, 'NAME', 'Enter your name: it is recorded with the lesson.');
    if (wanted.to === 'retired' && reason === '') {
      return refusal(400, 'REASON', 'Enter the reason: it is kept with the lesson.');
    }
    try {
      const review = await this.#source.review(name, wanted.to);
      if (review === null) return refusal(404, 'GONE', `there is no lesson ${name}`);
      if (review.version !== wanted.version) return changed(name);
      if (review.refusal !== null) return refusal(409, 'REFUSED', review.refusal);
      const wrong = isUp(review.from, review.to)
        ? review.taints.find(({ index, argument }) => wanted.typed[String(index)] !== argument)
        : undefined;
      if (wrong !== undefined) {
        return refusal(
          409,
          'TYPED',
          `Argument ${wrong.index} of the command appeared in the output of a tool. Type it again, exactly as it is shown.`,
        );
      }
      const { to, version } = wanted;
      const result = await this.#source.move(name, { to, version, by, reason: reason === '' ? null : reason });
      if (result.status === 'changed') return changed(name);
      if (result.status === 'refused') return refusal(409, 'REFUSED', oneLine(redact(result.reason)));
      return { status: 200, body: { moved: true, rung: to } };
    } catch (error) {
      return refusal(500, 'FAILED', `The lesson could not be moved: ${oneLine(redact(messageOf(error)))}`);
    } finally {
      await this.#state.expire();
    }
  }
}

const changed = (name: string): JsonResponse =>
  refusal(409, 'CHANGED', `${name} was changed after you opened it. Close this, and review it again.`);
