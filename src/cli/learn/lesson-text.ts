import { actionText } from '../../learning/knowledge.ts';
import type { LessonContent } from '../../learning/lesson-schema.ts';
import { patternOf } from '../../learning/pattern-of.ts';
import { signatureOf } from '../../learning/signature.ts';
import { printable } from '../../text/sanitize.ts';
import { wrap } from './layout.ts';

type Shown = Pick<LessonContent, 'pattern' | 'fix'>;

const probeText = ({ fix }: Shown): string[] => {
  if ('use' in fix || fix.probe === undefined) return [];
  const { probe } = fix;
  return [`  probe    ${printable('tcp' in probe ? `tcp ${probe.tcp}` : actionText({ run: probe.command }))}`];
};

/** The failures that it is for, as `healflow learn` shows them. */
const failuresOf = ({ examples }: Shown['pattern']): readonly string[] => [
  ...new Set(examples.map((example) => signatureOf(example).line)),
];

/** Whether its expressions are those that healflow makes of these failures: they say no more than the failures do. */
const isMadeOf = ({ text }: Shown['pattern'], failures: readonly string[]): boolean => {
  const made = failures.map((line) => patternOf({ line }));
  return text.every((one) => made.some((pattern) => 'regexp' in pattern && pattern.regexp === one));
};

/** What a lesson matches and runs. @param withPattern Whether its expressions are shown, which are long. An edited one always is. */
export const lessonLines = (lesson: Shown, width: number, withPattern = false): string[] => {
  const { pattern, fix } = lesson;
  const failures = failuresOf(pattern);
  const expressions = withPattern || !isMadeOf(pattern, failures) ? pattern.text : [];
  return [
    ...failures.flatMap((line) => wrap(`  failure  ${printable(line)}`, width)),
    ...expressions.flatMap((text) => wrap(`  matches  ${printable(text)}`, width)),
    ...wrap(`  class    ${pattern.class}`, width),
    ...wrap(`  tools    ${pattern.tools.map(printable).join(', ')}`, width),
    ...wrap(`  runs     ${printable(actionText('use' in fix ? { use: fix.use } : { run: fix.run }))}`, width),
    ...probeText(lesson),
  ];
};
