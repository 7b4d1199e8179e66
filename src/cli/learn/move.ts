import { userInfo } from 'node:os';
import { cannotRun } from '../../learning/cannot-run.ts';
import { healflow, isUp, type Lesson, ladder, moveDenied } from '../../learning/lesson.ts';
import { evidenceFor, type LessonEvidence, lessonTaint } from '../../learning/lesson-evidence.ts';
import { moveLesson, readLesson } from '../../learning/lesson-file.ts';
import type { Rung } from '../../learning/model.ts';
import type { Taint } from '../../learning/taint.ts';
import { shortLine } from '../../text/one-line.ts';
import { printable } from '../../text/sanitize.ts';
import { type Io, outputTo, processIo } from '../io.ts';
import type { MemoryReadingOptions } from '../log-reading.ts';
import { backtestLines, testLesson } from './check-lesson.ts';
import { widthOf, wrap } from './layout.ts';
import { lessonLines } from './lesson-text.ts';
import { actionLine, seenText } from './numbers.ts';
import { confirmTyped, inRed, isTerminal, type PersonTerminal, processTerminal, type Typed } from './person.ts';
import { LearnRefusal, openWorkspace, refusing, type Workspace } from './workspace.ts';

export interface MoveOptions extends MemoryReadingOptions {
  /** Whether the regular expression is shown. */
  readonly pattern?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** What is known now, for people. */
export const evidenceLines = ({ failure, action }: LessonEvidence, width: number): string[] => [
  'what is known',
  ...wrap(
    `  ${failure === undefined ? 'the log no longer has the failure that it was made of' : seenText(failure)}`,
    width,
  ),
  ...wrap(
    `  ${action === undefined ? 'what it runs has not been tried yet: odds unknown' : actionLine(action)}`,
    width,
  ),
];

export const taintLines = (taints: readonly Taint[], width: number, red: (text: string) => string): string[] => {
  if (taints.length === 0) {
    return wrap('No argument of the command appears in a logged tool output from before its first run.', width);
  }
  return [
    ...wrap(
      'These arguments appeared in an output of a tool before they were run; a tool may have suggested them:',
      width,
    ),
    ...taints.flatMap(({ argument, tool, at, seenIn }) => [
      `  ${red(printable(argument))}`,
      ...wrap(`    ${printable(tool)}, ${printable(at)}: ${printable(seenIn)}`, width),
    ]),
  ];
};

/** Each tainted argument has to be typed again. */
export const taintQuestions = (taints: readonly Taint[]): readonly Typed[] =>
  taints.map(({ argument }) => ({ question: `Type the argument "${argument}" again:`, expected: argument }));

/** Why the command of a lesson would not run as the configuration is; nothing if it would. */
const refusalsOf = (lesson: Lesson, { loaded: { config, baseDir } }: Workspace, { env }: Io): readonly string[] =>
  cannotRun(lesson.content.fix, { programs: config.learn.programs, path: env.PATH, cwd: baseDir });

/** The same in lines. */
export const trustLines = (lesson: Lesson, workspace: Workspace, io: Io, width: number): string[] =>
  refusalsOf(lesson, workspace, io).flatMap((reason) => wrap(`  it cannot run: ${printable(reason)}`, width));

/** The command for the step that comes first. */
const stepText = ({ name, rung }: Lesson, to: Rung): string => {
  const next = ladder[ladder.indexOf(rung) + 1];
  return next === undefined || next === to || to === rung ? '' : `; healflow learn ${next} ${name} comes first`;
};

const changeLines = ({ content, rung, isEdited, isElsewhere }: Lesson, to: Rung, by: string): string[] => [
  ...(isEdited ? ['  the file was changed after it was approved: all of it is new'] : []),
  `  -rung: ${content.rung}${isEdited || isElsewhere ? ` (counts as ${rung})` : ''}`,
  `  +rung: ${to}`,
  `  +approved: by ${printable(by)}`,
];

const personOf = ({ env }: Io): string => {
  try {
    return shortLine(userInfo().username, 100) || 'unknown';
  } catch {
    // There is no entry for the user id, as in some containers.
    return shortLine(env.USER ?? '', 100) || 'unknown';
  }
};

/** Shows everything that a person decides on, and has them type the name of the lesson and each tainted argument. */
const confirmUp = async (
  lesson: Lesson,
  to: Rung,
  by: string,
  workspace: Workspace,
  io: Io,
  terminal: PersonTerminal,
  withPattern: boolean,
) => {
  const { name, content } = lesson;
  if (!isTerminal(terminal)) {
    throw new LearnRefusal(
      `the lesson '${name}' was not moved: only a person moves a lesson up, on a terminal; there is no option for it`,
    );
  }
  const evidence = evidenceFor(lesson, workspace.knowledge);
  const odds = evidence.action?.odds.odds ?? null;
  const denied = moveDenied(lesson.rung, { to, by, at: workspace.now, odds });
  if (denied !== null) throw new LearnRefusal(`the lesson '${name}' was not moved: ${denied}${stepText(lesson, to)}`);
  const tested = await testLesson(name, content.pattern, workspace);
  const taints = await lessonTaint(lesson, evidence, workspace.memoryDir);
  const width = widthOf(io);
  const lines = [
    ...wrap(`lesson ${printable(name)}: ${lesson.rung} -> ${to}`, width),
    ...lessonLines(content, width, withPattern),
    ...trustLines(lesson, workspace, io, width),
    ...changeLines(lesson, to, by),
    '',
    ...evidenceLines(evidence, width),
    '',
    ...backtestLines(tested, width),
    '',
    ...('use' in content.fix ? [] : [...taintLines(taints, width, (text) => inRed(text, terminal)), '']),
  ];
  await outputTo(io.stdout).write(`${lines.join('\n')}\n`);
  if (tested.falseCount > 0)
    throw new LearnRefusal(
      `the lesson '${name}' stays ${lesson.rung}: its pattern has false matches; narrow it in the file`,
    );
  const [refusal] = to === 'ask' || to === 'auto' ? refusalsOf(lesson, workspace, io) : [];
  if (refusal !== undefined)
    throw new LearnRefusal(`the lesson '${name}' stays ${lesson.rung}, as it could not run at ${to}: ${refusal}`);
  const refused = await confirmTyped(
    [...taintQuestions(taints), { question: `Type "${name}" to move it to ${to}:`, expected: name }],
    terminal,
  );
  if (refused === 'cancelled') throw new LearnRefusal(`cancelled; the lesson '${name}' was not moved`);
  if (refused === 'different')
    throw new LearnRefusal(`that is not what was asked for; the lesson '${name}' was not moved`);
  return odds;
};

const meaning: Readonly<Record<Rung, string>> = {
  proposed: 'it does nothing',
  shadow: 'it runs nothing, and records whether the failure ends by itself',
  ask: 'it runs after a person has agreed, each time',
  auto: 'it runs by itself',
  retired: 'it does nothing; the file stays',
};

/**
 * Moves a lesson to another rung: up only if a person types its name on a terminal. Resolves with the exit code.
 *
 * @throws HealError if the configuration is invalid.
 */
export const move = (
  name: string,
  to: Rung,
  options: MoveOptions,
  io: Io = processIo(),
  terminal: PersonTerminal = processTerminal(),
  now?: number | undefined,
): Promise<number> =>
  refusing(io, async () => {
    const workspace = await openWorkspace(options, io, now, name);
    const { lessonsDir, redact, approvals } = workspace;
    const lesson = readLesson(lessonsDir, name, redact, approvals);
    const user = personOf(io);
    // That name is for what healflow does by itself.
    const by = user === healflow ? `user ${user}` : user;
    if (to === 'retired' && !/\S/.test(options.reason ?? '')) {
      throw new LearnRefusal(`retiring a lesson needs a reason: healflow learn retire ${name} --reason TEXT`, 2);
    }
    const odds = isUp(lesson.rung, to)
      ? await confirmUp(lesson, to, by, workspace, io, terminal, options.pattern === true)
      : null;
    const reason = options.reason === undefined ? {} : { reason: shortLine(redact(options.reason), 500) };
    const moved = await moveLesson(
      lessonsDir,
      name,
      { to, by, at: workspace.now, odds, ...reason },
      { redact, approvals, version: lesson.version },
    );
    const output = outputTo(io.stdout);
    await output.write(`the lesson ${printable(name)} is now at ${moved.rung}: ${meaning[moved.rung]}\n`);
    await output.end();
    return 0;
  });
