import { actionText } from '../../learning/knowledge.ts';
import type { LessonContent } from '../../learning/lesson-schema.ts';
import { printable } from '../../text/sanitize.ts';
import { wrap } from './layout.ts';

type Shown = Pick<LessonContent, 'pattern' | 'fix'>;

const probeText = ({ fix }: Shown): string[] => {
  if ('use' in fix || fix.probe === undefined) return [];
  const { probe } = fix;
  return [`  probe    ${printable('tcp' in probe ? `tcp ${probe.tcp}` : actionText({ run: probe.command }))}`];
};

/** What a lesson matches and runs. */
export const lessonLines = (lesson: Shown, width: number): string[] => {
  const { pattern, fix } = lesson;
  return [
    ...pattern.text.flatMap((text) => wrap(`  matches  ${printable(text)}`, width)),
    ...wrap(`  class    ${pattern.class}`, width),
    ...wrap(`  tools    ${pattern.tools.map(printable).join(', ')}`, width),
    ...wrap(`  runs     ${printable(actionText('use' in fix ? { use: fix.use } : { run: fix.run }))}`, width),
    ...probeText(lesson),
  ];
};
