import { isDeepStrictEqual } from 'node:util';
import { repairEntries } from '../../config/fix-entries.ts';
import { draftLesson, type LessonDraft } from '../../learning/draft-lesson.ts';
import type { KnownFailure } from '../../learning/knowledge.ts';
import { writeLesson } from '../../learning/lesson-file.ts';
import { actionOf, signaturesOf } from '../../learning/lesson-summary.ts';
import type { RepairAction, RepairableClass } from '../../learning/model.ts';
import { printable } from '../../text/sanitize.ts';
import { explanationOf } from '../explain.ts';
import { type Io, outputTo, processIo } from '../io.ts';
import type { MemoryReadingOptions } from '../log-reading.ts';
import { backtestLines, testLesson } from './check-lesson.ts';
import { widthOf, wrap } from './layout.ts';
import { lessonLines } from './lesson-text.ts';
import { failureBy, LearnRefusal, openWorkspace, refusing, type Workspace } from './workspace.ts';

export interface ProposeOptions extends MemoryReadingOptions {
  readonly name?: string | undefined;
  /** The number of what was run, as `learn show` counts. */
  readonly run?: string | undefined;
  /** The name of a configured fix. */
  readonly use?: string | undefined;
  readonly class?: RepairableClass | undefined;
  /** Whether the regular expression is shown. */
  readonly pattern?: boolean | undefined;
}

/** Takes a fix of the configuration by its name; nothing else can be named. */
export const configuredFix = (name: string, { config: { fixes } }: Workspace['loaded']): RepairAction => {
  const names = [...new Set<string>(repairEntries(fixes).map((entry) => entry.name))];
  if (names.includes(name)) return { use: name };
  const known = names.length === 0 ? 'none' : names.join(', ');
  throw new LearnRefusal(`there is no repair fix ${name} in the configuration; it has ${known}`);
};

const numbered = ({ id, actions }: KnownFailure, number: string): RepairAction => {
  const known = /^\d{1,3}$/.test(number) ? actions[Number(number) - 1] : undefined;
  if (known === undefined) throw new LearnRefusal(`--run ${number} is not in the list of healflow learn show ${id}`, 2);
  if (known.isIncomplete) {
    throw new LearnRefusal(
      `the record does not have the whole command, as something in it was masked or it was too long: put the command under fixes.own of the configuration, and name it with --use own:NAME`,
    );
  }
  if (known.odds.trials.succeeded === 0)
    throw new LearnRefusal(
      `${known.text} has not been seen to repair ${id}: run it as healflow repair -- ${known.text}`,
    );
  return known.action;
};

/** What repaired the failure, if that is clear. */
const onlyRepair = (failure: KnownFailure): RepairAction => {
  const { id, actions } = failure;
  const repairs = actions.filter(({ isIncomplete, odds }) => !isIncomplete && odds.trials.succeeded > 0);
  const [only] = repairs;
  if (only !== undefined && repairs.length === 1) return only.action;
  throw new LearnRefusal(
    repairs.length === 0
      ? `nothing has been seen to repair ${id}: run what repairs it as healflow repair -- COMMAND, or name a configured fix with --use`
      : `${repairs.length} actions have repaired ${id}: choose one with --run, by its number in healflow learn show ${id}`,
  );
};

const chosen = (failure: KnownFailure, { run, use }: ProposeOptions, { loaded }: Workspace): RepairAction => {
  if (run !== undefined && use !== undefined) throw new LearnRefusal('--run and --use exclude each other', 2);
  const action = use !== undefined ? { use } : run !== undefined ? numbered(failure, run) : onlyRepair(failure);
  return 'use' in action ? configuredFix(action.use, loaded) : action;
};

/** Drafts a lesson. Throws a LearnRefusal if there can be none. */
export const drafted = (
  failure: KnownFailure,
  action: RepairAction,
  { loaded }: Pick<Workspace, 'loaded'>,
  options: Pick<ProposeOptions, 'name' | 'class'> = {},
): LessonDraft => {
  const draft = draftLesson(failure, action, { ...options, userPatterns: loaded.config.patterns });
  if ('refused' in draft) throw new LearnRefusal(draft.refused);
  return draft;
};

/** A second lesson for the same failure, with the same fix, would only wait for nothing. */
const refuseSame = ({ id }: KnownFailure, action: RepairAction, { folder: { lessons } }: Workspace): void => {
  const same = lessons.find(
    (lesson) => isDeepStrictEqual(actionOf(lesson), action) && signaturesOf(lesson).includes(id),
  );
  if (same === undefined) return;
  throw new LearnRefusal(
    `the lesson ${same.name} runs that for ${id} already: healflow learn show ${same.name} shows it; --name writes another one`,
  );
};

/** What the class of the failure means for the lesson. */
const classLines = (
  failure: KnownFailure,
  { content: { pattern } }: LessonDraft,
  { loaded }: Workspace,
  io: Io,
  width: number,
): string[] => {
  const isNew = failure.class === null || failure.class === 'unrecognised';
  const [example] = pattern.examples;
  const [tool = 'tool'] = failure.tools.keys();
  const isUseless =
    example !== undefined && explanationOf(example, { tool }, loaded, io).diagnosis.situation === 'rejected';
  return [
    ...(isNew
      ? wrap(`  no pattern recognises the failure, so it counts as ${pattern.class}; --class changes that`, width)
      : []),
    ...(isUseless
      ? wrap('  such a call would be rejected again: the lesson runs only for read-only and idempotent tools', width)
      : []),
  ];
};

/**
 * Writes a lesson from what repaired a failure, as `proposed`: nothing runs because of it until a person moves it up. Resolves with
 * the exit code.
 *
 * @throws HealError if the configuration is invalid.
 */
export const propose = (
  sig: string,
  options: ProposeOptions,
  io: Io = processIo(),
  now?: number | undefined,
): Promise<number> =>
  refusing(io, async () => {
    const workspace = await openWorkspace(options, io, now);
    const failure = failureBy(workspace.knowledge, sig);
    const action = chosen(failure, options, workspace);
    const draft = drafted(failure, action, workspace, options);
    if (options.name === undefined) refuseSame(failure, action, workspace);
    const { name, content } = draft;
    await writeLesson(workspace.lessonsDir, name, content, { redact: workspace.redact });
    const result = await testLesson(name, content.pattern, workspace);
    const width = widthOf(io);
    const lines = [
      ...wrap(`wrote lessons/${printable(name)}.yaml, as proposed: it does nothing yet`, width),
      '',
      ...lessonLines(content, width, options.pattern),
      ...classLines(failure, draft, workspace, io, width),
      '',
      ...backtestLines(result, width),
      '',
      ...wrap(`next: healflow learn shadow ${printable(name)}`, width),
    ];
    const output = outputTo(io.stdout);
    await output.write(`${lines.join('\n')}\n`);
    await output.end();
    return 0;
  });
