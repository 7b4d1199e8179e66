import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Finding, inFileOrder } from '../config/finding.ts';
import { shortName } from '../config/fix-schema.ts';
import { explainIssues } from '../config/issue-text.ts';
import { YamlSource } from '../config/yaml-source.ts';
import { checkPatterns } from '../diagnosis/check.ts';
import { patternSchema } from '../diagnosis/pattern.ts';
import { isPathNotFound } from '../platform/fs.ts';
import type { Redactor } from '../redact/index.ts';
import { messageOf } from '../text/error-text.ts';
import { type Approvals, noApprovals } from './approvals.ts';
import { type Lesson, type Move, moveDenied, moved, rungThatCounts, withSeal } from './lesson.ts';
import { type LessonContent, lessonSchema } from './lesson-schema.ts';
import { maxBytes, none, readText, replaceVersion, versionOf } from './replace-version.ts';

const extension = '.yaml';
const maxLessons = 1_000;
/** Thrown if a lesson cannot be read, written or moved; the message says why, and what to do. */
export class LessonError extends Error {
  /** `conflict`: somebody else has written the lesson meanwhile. */
  readonly code: 'invalid' | 'missing' | 'conflict' | 'denied';

  constructor(code: LessonError['code'], message: string) {
    super(message);
    this.name = 'LessonError';
    this.code = code;
  }
}

/** What is wrong with the file of a lesson. */
export interface LessonProblem {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Why the file cannot be read at all; absent if the findings say what is wrong. */
  readonly reason?: string;
}

/** What is wrong with the file of a lesson, in one line: the first finding, with its place. */
export const problemText = ({ findings: [first], reason }: LessonProblem): string =>
  first === undefined ? (reason ?? 'it cannot be read') : `${first.shownPlace}: ${first.problem}`;

export interface LessonFolder {
  /** In the order of their names. */
  readonly lessons: readonly Lesson[];
  readonly problems: readonly LessonProblem[];
}

const pathOf = (dir: string, name: string): string => join(dir, `${name}${extension}`);

const assertName = (name: string): void => {
  if (shortName.test(name)) return;
  throw new LessonError('invalid', `'${name}' is no name for a lesson: use letters, digits, \`.\`, \`_\` and \`-\``);
};

/** The faults of a pattern that a schema does not see: expressions that are not valid, examples that do not match. */
const patternFindings = ({ pattern }: LessonContent, source: YamlSource): Finding[] => {
  const parsed = patternSchema.safeParse({ ...pattern, class: pattern.class });
  if (!parsed.success) return [];
  return checkPatterns([parsed.data])
    .filter(({ isWarning }) => isWarning !== true)
    .map(({ path, message, offset }) => source.locate({ path: ['pattern', ...path], problem: message, offset }));
};

/** Reads the text of a lesson, or says what is wrong with it. @param approvals By default, nothing is approved. */
export const parseLesson = (
  name: string,
  text: string,
  redact: Redactor,
  approvals: Approvals = noApprovals,
): Lesson | LessonProblem => {
  const source = new YamlSource(`${name}${extension}`, text, redact);
  if (source.errors.length > 0) return { name, findings: source.errors };
  const parsed = lessonSchema.safeParse(source.value ?? {});
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues, source.value, lessonSchema);
    return { name, findings: inFileOrder(problems.map((problem) => source.locate(problem))) };
  }
  const findings = patternFindings(parsed.data, source);
  if (findings.length > 0) return { name, findings };
  return { name, content: parsed.data, ...rungThatCounts(name, parsed.data, approvals), version: versionOf(text) };
};

/**
 * Reads the lessons of a folder, and what is wrong with those that cannot be used. A folder that does not exist has none.
 *
 * @param onFile - Called with the name of each file before it is read.
 */
export const readLessons = async (
  dir: string,
  redact: Redactor,
  approvals: Approvals,
  onFile?: (file: string) => void,
): Promise<LessonFolder> => {
  const names = await readdir(dir).catch((error: unknown) => {
    if (isPathNotFound(error)) return [];
    throw error;
  });
  const lessons: Lesson[] = [];
  const problems: LessonProblem[] = [];
  const known = names
    .filter((file) => file.endsWith(extension) && shortName.test(file.slice(0, -extension.length)))
    .map((file) => file.slice(0, -extension.length))
    .sort();
  for (const name of known.slice(0, maxLessons)) {
    try {
      onFile?.(`${name}${extension}`);
      const text = readText(pathOf(dir, name));
      if (text === null) continue;
      const read = parseLesson(name, text, redact, approvals);
      if ('content' in read) lessons.push(read);
      else problems.push(read);
    } catch (error) {
      problems.push({ name, findings: [], reason: redact(messageOf(error)) });
    }
  }
  if (known.length > maxLessons) {
    problems.push({ name: known[maxLessons] ?? '', findings: [], reason: `more than ${maxLessons} lessons` });
  }
  return { lessons, problems };
};

/** Reads one lesson. Throws a {@link LessonError} if it is not there or cannot be used. */
export const readLesson = (dir: string, name: string, redact: Redactor, approvals: Approvals): Lesson => {
  assertName(name);
  const text = readText(pathOf(dir, name));
  if (text === null) throw new LessonError('missing', `there is no lesson '${name}' in ${dir}`);
  const read = parseLesson(name, text, redact, approvals);
  if ('content' in read) return read;
  throw new LessonError('invalid', `the lesson '${name}' cannot be used: ${problemText(read)}`);
};

const heading = `# A lesson of healflow: a failure, and a fix for it that was learned. Written by \`healflow learn\`.
# What is changed here by hand counts as \`proposed\` until a person approves it again.
`;

const textOf = (content: LessonContent): string => {
  const { pattern, fix, evidence, rung, approved, history } = content;
  const ordered = {
    pattern,
    fix,
    evidence,
    rung,
    ...(approved && { approved }),
    ...(history.length > 0 && { history }),
  };
  return heading + stringify(ordered, { lineWidth: 0, aliasDuplicateObjects: false });
};

/** The text of a file that can be read again: if it would be too large, the oldest moves go. */
const fittingText = (content: LessonContent): string => {
  let { history } = content;
  let text = textOf(content);
  while (Buffer.byteLength(text) > maxBytes && history.length > 1) {
    history = history.slice(Math.ceil(history.length / 8));
    text = textOf({ ...content, history });
  }
  return text;
};

const conflict = (name: string): LessonError =>
  new LessonError('conflict', `the lesson '${name}' was changed by somebody else meanwhile: look at it, and try again`);

const replaceLesson = async (dir: string, name: string, content: LessonContent, version: string): Promise<string> => {
  const text = fittingText(content);
  if (!(await replaceVersion({ dir, name, extension }, text, version))) throw conflict(name);
  return versionOf(text);
};

/** The text of a lesson's file, and what a move would make of it; the seal is left out. */
export const previewMove = (
  dir: string,
  lesson: Lesson,
  move: Move,
  approvals: Approvals,
): { readonly before: string; readonly after: string } => ({
  before: readText(pathOf(dir, lesson.name)) ?? '',
  after: fittingText(moved(lesson, move, approvals).content),
});

/** What a lesson is made of when it is proposed. */
export type ProposedLesson = Pick<LessonContent, 'pattern' | 'fix'> &
  Partial<Pick<LessonContent, 'evidence' | 'history'>>;

/**
 * Writes a lesson, always as `proposed`: only {@link moveLesson} makes it more.
 *
 * @param replaces - The version that it replaces; by default there must be none.
 * @returns the version that was written.
 * @throws LessonError `conflict` if there is another version now; `invalid` if healflow could not read what it would write.
 */
export const writeLesson = async (
  dir: string,
  name: string,
  { pattern, fix, evidence = {}, history = [] }: ProposedLesson,
  { redact, replaces = none }: { readonly redact: Redactor; readonly replaces?: string },
): Promise<string> => {
  assertName(name);
  const content: LessonContent = { pattern, fix, evidence, history, rung: 'proposed' };
  if (replaces === none && readText(pathOf(dir, name)) !== null)
    throw new LessonError('conflict', `there is already a lesson '${name}': choose another name`);
  const read = parseLesson(name, textOf(content), redact);
  if (!('content' in read)) {
    const [first] = read.findings;
    throw new LessonError('invalid', `the lesson '${name}' cannot be written: ${first?.problem ?? read.reason}`);
  }
  return replaceLesson(dir, name, content, replaces);
};

const sealOf = async (name: string, digest: string, approvals: Approvals): Promise<string> => {
  try {
    return await approvals.seal(digest);
  } catch (error) {
    throw new LessonError(
      'denied',
      `the lesson '${name}' was not moved, as it cannot be approved: ${messageOf(error)}`,
    );
  }
};

export interface MoveOptions {
  readonly redact: Redactor;
  readonly approvals: Approvals;
  /** The version that the person has seen. */
  readonly version?: string;
}

/**
 * Moves a lesson to another rung: up by one step, and only by a person; down by anyone.
 *
 * @throws LessonError `denied` if it may not be moved so, `conflict` if somebody else was faster.
 */
export const moveLesson = async (
  dir: string,
  name: string,
  move: Move,
  { redact, approvals, version }: MoveOptions,
): Promise<Lesson> => {
  const lesson = readLesson(dir, name, redact, approvals);
  if (version !== undefined && version !== lesson.version) throw conflict(name);
  const denied = moveDenied(lesson.rung, move);
  if (denied !== null) throw new LessonError('denied', `the lesson '${name}' was not moved: ${denied}`);
  const { content: next, sealed } = moved(lesson, move, approvals);
  const content = sealed === null ? next : withSeal(next, await sealOf(name, sealed, approvals));
  const written = await replaceLesson(dir, name, content, lesson.version);
  return { name, content, ...rungThatCounts(name, content, approvals), version: written };
};
