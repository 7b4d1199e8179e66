import { join } from 'node:path';
import { compileLinear } from '../diagnosis/user-patterns.ts';
import { anyGlobTest } from '../policy/glob.ts';
import type { Redactor } from '../redact/index.ts';
import type { Lesson } from './lesson.ts';
import { readLessons } from './lesson-file.ts';

/** The lessons of a folder that are at work, and what has to be told of the others. */
export interface ActiveLessons {
  readonly active: readonly { readonly lesson: Lesson; readonly matches: (tool: string, line: string) => boolean }[];
  /** All files, with their stamps from before they were read. */
  readonly files: readonly (readonly [name: string, stamp: string])[];
  readonly problems: readonly string[];
}

/** Reads the lessons of a folder and compiles the patterns of those at work. @param stampOf Gives what differs once a file has changed. */
export const activeLessons = async (
  dir: string,
  redact: Redactor,
  stampOf: (path: string) => string,
): Promise<ActiveLessons> => {
  const files = new Map<string, string>();
  const { lessons, problems } = await readLessons(dir, redact, (file) => files.set(file, stampOf(join(dir, file))));
  return {
    active: lessons
      .filter(({ rung }) => rung === 'shadow' || rung === 'ask' || rung === 'auto')
      .map((lesson) => {
        const { tools, text } = lesson.content.pattern;
        const isFor = anyGlobTest(tools);
        const find = compileLinear(text);
        return { lesson, matches: (tool: string, line: string) => isFor(tool) && find(line) !== null };
      }),
    files: [...files],
    problems: [
      ...problems.map(({ name, findings: [first], reason }) => {
        const why = first === undefined ? (reason ?? 'it cannot be read') : `${first.shownPlace}: ${first.problem}`;
        return `the lesson ${name} is not used: ${why}`;
      }),
      ...lessons
        .filter(({ isEdited }) => isEdited)
        .map(
          ({ name, content }) =>
            `the lesson ${name} was changed after it was approved for \`${content.rung}\`: it counts as \`proposed\` and does not run`,
        ),
    ],
  };
};
