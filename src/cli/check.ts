import { type Finding, findingText, inFileOrder } from '../config/finding.ts';
import { type ReadConfig, type ReadPart, readConfig } from '../config/read.ts';
import { printableJson } from '../text/sanitize.ts';
import { checkLessons } from './check-lessons.ts';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const verdict = ({ problems, warnings }: ReadPart): string => {
  if (problems.length > 0) return counted(problems.length, 'problem');
  return warnings.length > 0 ? `OK, ${counted(warnings.length, 'warning')}` : 'OK';
};

const patternLine = ({ patterns, problems }: ReadPart): string[] => {
  if (patterns.length === 0) return [];
  const examples = patterns.flatMap((pattern) => pattern.examples).length;
  const counterexamples = patterns.flatMap((pattern) => pattern.counterexamples).length;
  const run = `${counted(examples, 'example')} and ${counted(counterexamples, 'counterexample')} run`;
  return [`  ${counted(patterns.length, 'pattern')}${problems.length > 0 ? '' : `, ${run}`}`];
};

const indent = (text: string): string => text.replace(/^/gm, '  ');

const texts = (findings: readonly Finding[]): string[] => inFileOrder(findings).map(findingText);

const report = (part: ReadPart): string[] => [
  `${part.name}: ${verdict(part)}`,
  ...patternLine(part),
  ...texts(part.problems).map(indent),
  ...texts(part.warnings).map((text) => indent(`warning: ${text}`)),
];

const lines = ({ file, parts }: ReadConfig): string[] =>
  file === null
    ? ['no healflow.yaml here: the defaults apply (healflow init writes one)', ...parts.slice(1).flatMap(report)]
    : parts.flatMap(report);

const jsonFindings = (findings: readonly Finding[]): Pick<Finding, 'place' | 'problem' | 'advice'>[] =>
  inFileOrder(findings).map(({ place, problem, advice }) => ({ place, problem, advice }));

/** Formats the report as JSON. */
const json = ({ file, parts }: ReadConfig): string => {
  const content = {
    file,
    ok: parts.every(({ problems }) => problems.length === 0),
    parts: parts.map(({ name, patterns, problems, warnings }) => ({
      name,
      patterns: patterns.length,
      problems: jsonFindings(problems),
      warnings: jsonFindings(warnings),
    })),
  };
  return `${printableJson(JSON.stringify(content))}\n`;
};

/**
 * Checks the configuration, its pattern files and its lessons, and reports its findings. Warnings, such as two patterns that
 * match the same example, do not make it fail.
 *
 * @returns the exit code: 2 if there is a problem, else 0.
 */
export const check = async (options: {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}): Promise<number> => {
  const config = await readConfig({ configFile: options.config });
  const read = { ...config, parts: [...config.parts, ...(await checkLessons(config))] };
  process.stdout.write(options.json === true ? json(read) : `${lines(read).join('\n')}\n`);
  return read.parts.some(({ problems }) => problems.length > 0) ? 2 : 0;
};
