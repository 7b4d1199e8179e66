import { z } from 'zod';
import { diagnosisClasses, fixNames, phases } from '../model/words.ts';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item.transform((value) => [value]), z.array(item)]);

/** One pattern, as it stands in a pattern file or under `patterns:` in `healflow.yaml`. */
export const patternSchema = z.strictObject({
  /** Unique among all patterns; shown in every diagnosis that it made. */
  id: z.string().min(1),
  class: z.enum(diagnosisClasses),
  subclass: z.string().nullable().default(null),
  /** What has happened when this matches, in words. */
  cause: z.string().optional(),
  /** A regular expression, matched against the text of the output. */
  text: z.string().min(1),
  /** The tools it applies to, as globs; all of them by default. */
  tools: oneOrMore(z.string()).default(['*']),
  /** The fixes proposed, the best first. */
  fix: oneOrMore(z.enum(fixNames)).default([]),
  phase: z.enum(phases).default('unknown'),
  delivered: z.enum(['no', 'maybe']).optional(),
  examples: z.array(z.string()).default([]),
  counterexamples: z.array(z.string()).default([]),
});

export type Pattern = z.output<typeof patternSchema>;
