import { type ReadConfig, type ReadPart, readConfig } from '../config/read.ts';
import { printableJson } from './printable.ts';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const verdict = ({ problems, doubts }: ReadPart): string => {
  if (problems.length > 0) return counted(problems.length, 'problem');
  return doubts.length > 0 ? `fine, with ${counted(doubts.length, 'doubt')}` : 'fine';
};

const patternLine = ({ patterns, problems }: ReadPart): string[] => {
  if (patterns.length === 0) return [];
  const examples = patterns.flatMap((pattern) => pattern.examples).length;
  const counterexamples = patterns.flatMap((pattern) => pattern.counterexamples).length;
  const run = `${counted(examples, 'example')} and ${counted(counterexamples, 'counterexample')} run`;
  return [`  ${counted(patterns.length, 'pattern')}${problems.length > 0 ? '' : `, ${run}`}`];
};

const indent = (text: string): string => text.replace(/^/gm, '  ');

const inOrder = (list: ReadPart['problems']): string[] =>
  [...list].sort((a, b) => a.order - b.order).map(({ text }) => text);

const report = (part: ReadPart): string[] => [
  `${part.name}: ${verdict(part)}`,
  ...patternLine(part),
  ...inOrder(part.problems).map(indent),
  ...inOrder(part.doubts).map((text) => indent(`doubt: ${text}`)),
];

const lines = ({ file, parts }: ReadConfig): string[] =>
  file === null ? ['no healflow.yaml here: the defaults apply (healflow init writes one)'] : parts.flatMap(report);

/** The same for programs. */
const json = ({ file, parts }: ReadConfig): string => {
  const content = {
    file,
    ok: parts.every(({ problems }) => problems.length === 0),
    parts: parts.map(({ name, patterns, problems, doubts }) => ({
      name,
      patterns: patterns.length,
      problems: inOrder(problems),
      doubts: inOrder(doubts),
    })),
  };
  return `${printableJson(JSON.stringify(content))}\n`;
};

/**
 * Checks the configuration and its pattern files, and tells what it found. Doubts, such as two patterns that claim the same
 * example, do not fail.
 *
 * @returns the exit code: 0 where all is well, 2 where something is wrong.
 */
export const check = async (options: {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}): Promise<number> => {
  const read = await readConfig({ configFile: options.config });
  process.stdout.write(options.json === true ? json(read) : `${lines(read).join('\n')}\n`);
  return read.parts.some(({ problems }) => problems.length > 0) ? 2 : 0;
};
