import { doubtOf } from '../../learning/lesson.ts';
import { evidenceFor, lessonTaint } from '../../learning/lesson-evidence.ts';
import { readLesson } from '../../learning/lesson-file.ts';
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
}

const lessonShown = async (name: string, workspace: Workspace, json: boolean, io: Io): Promise<string> => {
  const lesson = readLesson(workspace.lessonsDir, name, workspace.redact, workspace.approvals);
  const evidence = evidenceFor(lesson, workspace.knowledge);
  const taints = await lessonTaint(lesson, evidence, workspace.memoryDir);
  const { content, rung, isEdited, isElsewhere } = lesson;
  const doubt = doubtOf(lesson);
  if (json) {
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
    ...lessonLines(content, width),
    ...trustLines(lesson, workspace, io, width),
    ...(approved === undefined ? [] : wrap(`  approved ${printable(`${approved.at} by ${approved.by}`)}`, width)),
    '',
    ...evidenceLines(evidence, width),
    '',
    ...taintLines(taints, width, (text) => inRed(text, terminal)),
    ...(history.length === 0 ? [] : ['', 'moves']),
    ...history.flatMap(({ at, by, from, to, reason }) =>
      wrap(`  ${printable(`${at} ${by}: ${from} -> ${to}${reason === undefined ? '' : `; ${reason}`}`)}`, width),
    ),
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
  { json = false, ...options }: ShowOptions,
  io: Io = processIo(),
  now?: number | undefined,
): Promise<number> =>
  refusing(io, async () => {
    const workspace = await openWorkspace(options, io, now);
    const output = outputTo(io.stdout);
    if (workspace.folder.lessons.some(({ name }) => name === what)) {
      await output.write(await lessonShown(what, workspace, json, io));
    } else {
      const failure = failureBy(workspace.knowledge, what);
      await output.write(
        json ? `${printableJson(JSON.stringify(failureJson(failure)))}\n` : failureText(failure, widthOf(io)),
      );
    }
    await output.end();
    return 0;
  });
