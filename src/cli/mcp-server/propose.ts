import { isDeepStrictEqual } from 'node:util';
import { lessonsDir } from '../../config/paths.ts';
import { HealError } from '../../errors.ts';
import { type KnownFailure, readKnowledge } from '../../learning/knowledge.ts';
import { writeLesson } from '../../learning/lesson-file.ts';
import { actionOf, signaturesOf } from '../../learning/lesson-summary.ts';
import { createRepairLog } from '../../learning/repair-log.ts';
import { shortLine } from '../../text/one-line.ts';
import { testLesson } from '../learn/check-lesson.ts';
import { lessonSummaries, readLessonFolder } from '../learn/lessons.ts';
import { configuredFix, drafted } from '../learn/propose.ts';
import type { AgentContext } from './context.ts';

export interface Proposal {
  readonly sig: string;
  readonly fix?: string | undefined;
  readonly note?: string | undefined;
}

const maxNote = 200;
const maxNotes = 20;

/** How a lesson that an agent has suggested says so. */
const agent = 'an agent, by healflow mcp';
const maxProposed = 20;

const wrong = (message: string): HealError => new HealError('CONFIG_INVALID', message);

/** Writes a lesson that only names a fix of the configuration. */
const proposeFix = async (failure: KnownFailure, fix: string, context: AgentContext): Promise<object> => {
  const { loaded, redact, now } = context;
  const { lessons } = await readLessonFolder(loaded, redact, context);
  const action = configuredFix(fix, loaded);
  const same = lessons.find(
    (lesson) => isDeepStrictEqual(actionOf(lesson), action) && signaturesOf(lesson).includes(failure.id),
  );
  if (same !== undefined)
    return { lesson: same.name, rung: same.rung, next: `it is known already: ${review(same.name)}` };
  const waiting = lessons.filter(({ rung, content }) => rung === 'proposed' && content.history[0]?.by === agent);
  if (waiting.length >= maxProposed) throw wrong(`${maxProposed} suggestions wait for a person already`);
  const { name, content } = drafted(failure, action, { loaded });
  const at = new Date(now()).toISOString();
  const history = [{ at, by: agent, from: 'proposed', to: 'proposed' } as const];
  await writeLesson(lessonsDir(loaded), name, { ...content, history }, { redact });
  const tested = await testLesson(name, content.pattern, context);
  return { lesson: name, rung: 'proposed', falseCount: tested.falseCount, next: review(name) };
};

const review = (name: string): string => `nothing runs until a person reviews it: healflow learn show ${name}`;

/** Leaves a remark about a failure. */
const leaveNote = ({ id: sig, tools, notes }: KnownFailure, note: string, context: AgentContext): object => {
  const { memoryDir, redact, now } = context;
  if (notes.length >= maxNotes) throw wrong(`there are ${maxNotes} notes about ${sig} already`);
  const warnings: string[] = [];
  const log = createRepairLog({ memoryDir, redact, warn: (message) => warnings.push(message) });
  const [tool = ''] = tools.keys();
  const timestamp = new Date(now()).toISOString();
  const isWritten = log.append({ kind: 'noted', timestamp, tool, sig, args: null, note: shortLine(note, maxNote) });
  if (!isWritten) throw new Error(warnings[0] ?? 'the note could not be written');
  return { noted: sig, next: `a person sees it with: healflow learn show ${sig}` };
};

const proposeOne = async ({ sig, fix, note }: Proposal, context: AgentContext): Promise<object> => {
  const { memoryDir, now, loaded, redact } = context;
  const lessons = await lessonSummaries(await readLessonFolder(loaded, redact, context));
  const [failure] = (await readKnowledge(memoryDir, { now: now(), only: sig, lessons })).failures;
  if (failure === undefined || failure.seen === 0)
    throw wrong(`the log has no failure ${sig}: healflow_failures lists them`);
  return note === undefined ? proposeFix(failure, fix ?? '', context) : leaveNote(failure, note, context);
};

/** The last one that was asked for: those that come together would all be below the limits. */
let before: Promise<unknown> = Promise.resolve();

/** Leaves a note for the person, or writes a lesson that is only proposed. Nothing is run, and nothing of the note gets into a lesson. */
export const propose = async (proposal: Proposal, context: AgentContext): Promise<object> => {
  if ((proposal.fix === undefined) === (proposal.note === undefined))
    throw wrong('exactly one of fix and note is needed');
  const made = before.then(() => proposeOne(proposal, context));
  before = made.catch(() => {});
  return made;
};
