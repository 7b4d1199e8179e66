import { join } from 'node:path';
import { compileLinear } from '../diagnosis/user-patterns.ts';
import { anyGlobTest } from '../policy/glob.ts';
import type { Redactor } from '../redact/index.ts';
import { approvalsIn } from './approvals.ts';
import { doubtOf, type Lesson, triedDigest } from './lesson.ts';
import { problemText, readLessons } from './lesson-file.ts';
import type { SourcedLesson } from './lesson-source.ts';
import type { Rung } from './model.ts';
import { lowerRung } from './rollout.ts';

/** A lesson that is at work, with its pattern compiled. */
export interface CompiledLesson {
  readonly lesson: Lesson;
  readonly matches: (tool: string, line: string) => boolean;
}

export const isAtWork = ({ rung }: Pick<Lesson, 'rung'>): boolean =>
  rung === 'shadow' || rung === 'ask' || rung === 'auto';

export const compileLesson = (lesson: Lesson): CompiledLesson => {
  const { tools, text } = lesson.content.pattern;
  const isFor = anyGlobTest(tools);
  const find = compileLinear(text);
  return { lesson, matches: (tool, line) => isFor(tool) && find(line) !== null };
};

/** The lessons of a folder that are at work, and what has to be told of the others. */
export interface ActiveLessons {
  readonly active: readonly CompiledLesson[];
  /** The rungs of all lessons that can be read, and the digests of their patterns and fixes. */
  readonly rungs: ReadonlyMap<string, { readonly rung: Rung; readonly tried: string }>;
  /** All files, with their stamps from before they were read. */
  readonly files: readonly (readonly [name: string, stamp: string])[];
  readonly problems: readonly string[];
}

/** Reads the lessons of a folder and compiles the patterns of those at work. @param stampOf Gives what differs once a file has changed. */
export const activeLessons = async (
  dir: string,
  redact: Redactor,
  stateDir: string,
  stampOf: (path: string) => string,
): Promise<ActiveLessons> => {
  const files = new Map<string, string>();
  const { lessons, problems } = await readLessons(dir, redact, approvalsIn(stateDir), (file) =>
    files.set(file, stampOf(join(dir, file))),
  );
  return {
    active: lessons.filter(isAtWork).map(compileLesson),
    rungs: new Map(lessons.map(({ name, rung, content }) => [name, { rung, tried: triedDigest(content) }])),
    files: [...files],
    problems: [
      ...problems.map((problem) => `the lesson ${problem.name} is not used: ${problemText(problem)}`),
      ...lessons.flatMap((lesson) => {
        const doubt = doubtOf(lesson);
        return doubt === null ? [] : [`the lesson ${lesson.name}: ${doubt}`];
      }),
    ],
  };
};

/**
 * The lessons of a folder together with those of a fleet. Of two with one name that of the fleet counts, at the lower of both rungs
 * if they have the same pattern and fix: a machine only moves it down.
 */
export const withSourced = (
  { active, rungs }: Pick<ActiveLessons, 'active' | 'rungs'>,
  sourced: readonly SourcedLesson[],
): readonly (CompiledLesson & { readonly digest?: string })[] => {
  const names = new Set(sourced.map(({ lesson }) => lesson.name));
  const compiled = sourced
    .map(({ lesson, digest }) => {
      const own = rungs.get(lesson.name);
      // Another lesson that only has the same name says nothing of this one.
      const isSame = own?.tried === triedDigest(lesson.content);
      return { lesson: own && isSame ? { ...lesson, rung: lowerRung(lesson.rung, own.rung) } : lesson, digest };
    })
    .filter(({ lesson }) => isAtWork(lesson))
    .map(({ lesson, digest }) => ({ ...compileLesson(lesson), digest }));
  return [...active.filter(({ lesson }) => !names.has(lesson.name)), ...compiled];
};
