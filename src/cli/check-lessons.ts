import { join, relative } from 'node:path';
import type { Finding } from '../config/finding.ts';
import { lessonsDir } from '../config/paths.ts';
import type { ReadConfig, ReadPart } from '../config/read.ts';
import { redactorFor } from '../config/redactor.ts';
import type { Config } from '../config/schema.ts';
import { approvalsIn } from '../learning/approvals.ts';
import { doubtOf, type Lesson } from '../learning/lesson.ts';
import { readLessons } from '../learning/lesson-file.ts';
import { trust } from '../learning/trust.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';

const findingAt = (name: string, problem: string, advice: string | null = null): Finding => ({
  place: { file: name, line: null, column: null, path: [] },
  problem,
  advice,
  shownPlace: name,
  excerpt: null,
  order: 0,
});

/** What keeps a lesson that can be read from running. */
const warningsOf = (name: string, lesson: Lesson, config: Config, baseDir: string): Finding[] => {
  const { content, rung } = lesson;
  if (rung === 'retired') return [];
  const doubt = doubtOf(lesson);
  const edited = doubt === null ? [] : [findingAt(name, doubt, '`healflow learn` approves it again, step by step')];
  if ('use' in content.fix) return edited;
  const options = { programs: config.learn.programs, path: process.env.PATH, cwd: baseDir };
  const trusted = trust(content.fix.run, options);
  return 'refused' in trusted ? [...edited, findingAt(name, `its command will not run: ${trusted.refused}`)] : edited;
};

/** Checks the lessons of a configuration, each as a part of its own. */
export const checkLessons = async ({ config, baseDir }: ReadConfig): Promise<ReadPart[]> => {
  if (config === null) return [];
  const dir = lessonsDir({ config, baseDir });
  const redact = redactorFor(config, process.env);
  const where = { configured: config.stateDir, env: process.env, cwd: baseDir };
  const { lessons, problems } = await readLessons(dir, redact, approvalsIn(resolveStateDir(where)));
  const shown = (name: string): string => relative(process.cwd(), join(dir, `${name}.yaml`));
  return [
    ...lessons.map((lesson): ReadPart => {
      const name = shown(lesson.name);
      return { name, patterns: [], problems: [], warnings: warningsOf(name, lesson, config, baseDir) };
    }),
    ...problems.map(({ name, findings, reason }): ReadPart => {
      const found = reason === undefined ? [...findings] : [findingAt(shown(name), reason)];
      return { name: shown(name), patterns: [], problems: found, warnings: [] };
    }),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
};
