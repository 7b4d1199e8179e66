import { doubtOf } from '../../learning/lesson.ts';
import { evidenceFor, lessonTaint } from '../../learning/lesson-evidence.ts';
import { readLesson } from '../../learning/lesson-file.ts';
import type { LessonContent } from '../../learning/lesson-schema.ts';
import { shadowOf } from '../../learning/shadow.ts';
import { printable, printableJson } from '../../text/sanitize.ts';
import { type Io, outputTo, processIo } from '../io.ts';
import type { MemoryReadingOptions } from '../log-reading.ts';
import { widthOf, wrap } from './layout.ts';
import { lessonLines } from './lesson-text.ts';
import { evidenceLines, taintLines, trustLines } from './move.ts';
import { failureJson } from './overview.ts';
import { inRed, processTerminal } from './person.ts';
import { failureText } from './show-failure.ts';
import { failureBy, openWorkspace, refusing, type Workspace } from './workspace.ts';

export interface ShowOptions extends MemoryReadingOptions {
  readonly json?: boolean | undefined;
  /** Whether the regular expression is shown. */
  readonly pattern?: boolean | undefined;
}

/** A move in one line; what an agent has suggested was not moved. */
const moveText = ({ at, by, from, to, reason }: LessonContent['history'][number]): string =>
  `${at} ${by}: ${from === to ? to : `${from} -> ${to}`}${reason === undefined ? '' : `; ${reason}`}`;

/** What the shadow has shown: of how many failures the fix was not needed. */
const shadowLines = (name: string, knowledge: Workspace['knowledge'], width: number): string[] => {
  const shadow = shadowOf(name, knowledge);
  if (shadow === null) return [];
  const { needless, of } = shadow;
  return wrap(`  ${needless} of ${of} shadowed ${of === 1 ? 'failure' : 'failures'} ended without it`, width);
};

const lessonShown = async (
  name: string,
  workspace: Workspace,
  { json, pattern }: ShowOptions,
  io: Io,
): Promise<string> => {
  const lesson = readLesson(workspace.lessonsDir, name, workspace.redact, workspace.approvals);
  const evidence = evidenceFor(lesson, workspace.knowledge);
  const taints = await lessonTaint(lesson, evidence, workspace.memoryDir);
  const { content, rung, isEdited, isElsewhere } = lesson;
  const doubt = doubtOf(lesson);
  if (json === true) {
    const { failure, action } = evidence;
    const known = { failure: failure === undefined ? null : failureJson(failure), odds: action?.odds ?? null };
    return `${printableJson(JSON.stringify({ name, ...content, rung, written_rung: content.rung, edited: isEdited, approved_elsewhere: isElsewhere, known, tainted: taints }))}\n`;
  }
  const width = widthOf(io);
  const terminal = { ...processTerminal(), output: io.stdout, env: io.env };
  const { approved, history } = content;
  const lines = [
    `lesson ${printable(name)}: ${rung}`,
    ...(doubt === null ? [] : wrap(`  ${doubt}`, width)),
    ...lessonLines(content, width, pattern),
    ...trustLines(lesson, workspace, io, width),
    ...(approved === undefined ? [] : wrap(`  approved ${printable(`${approved.at} by ${approved.by}`)}`, width)),
    '',
    ...evidenceLines(evidence, width),
    ...shadowLines(name, workspace.knowledge, width),
    ...('use' in content.fix ? [] : ['', ...taintLines(taints, width, (text) => inRed(text, terminal))]),
    ...(history.length === 0 ? [] : ['', 'moves']),
    ...history.flatMap((move) => wrap(`  ${printable(moveText(move))}`, width)),
  ];
  return `${lines.join('\n')}\n`;
};

/**
 * Shows all that is known of a failure, by its signature, or of a lesson, by its name. Resolves with the exit code.
 *
 * @throws HealError if the configuration is invalid.
 */
export const show = (
  what: string,
  options: ShowOptions,
  io: Io = processIo(),
  now?: number | undefined,
): Promise<number> =>
  refusing(io, async () => {
    const workspace = await openWorkspace(options, io, now, what);
    const output = outputTo(io.stdout);
    const { lessons, problems } = workspace.folder;
    if ([...lessons, ...problems].some(({ name }) => name === what)) {
      await output.write(await lessonShown(what, workspace, options, io));
    } else {
      const failure = failureBy(workspace.knowledge, what, lessons);
      await output.write(
        options.json === true
          ? `${printableJson(JSON.stringify(failureJson(failure)))}\n`
          : failureText(failure, widthOf(io)),
      );
    }
    await output.end();
    return 0;
  });
