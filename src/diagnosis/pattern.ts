import { z } from 'zod';
import { diagnosisClasses, type FixName, fixNames, phases, situations } from '../model/terms.ts';

const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item.transform((value) => [value]), z.array(item)]);

const ownFix = /^own:[A-Za-z0-9][\w.-]{0,63}$/;

const isFixName = (value: unknown): value is FixName =>
  typeof value === 'string' && (fixNames.some((name) => name === value) || ownFix.test(value));

/** The name of a fix that a pattern proposes: a built-in one, or `own:NAME`. */
const fixName = z.custom<FixName>(isFixName, { error: 'expected the name of a fix', params: { isFix: true } });

/** One pattern, as it is in a pattern file or under `patterns:` in `healflow.yaml`. */
export const patternSchema = z
  .strictObject({
    /** Unique among all patterns; shown in every diagnosis that it made. */
    id: z.string().min(1),
    class: z.enum(diagnosisClasses).exclude(['unrecognised']),
    /** A finer name within the class, such as `forbidden`. */
    subclass: z.string().nullable().default(null),
    /** What has happened when this matches, in words. */
    cause: z.string().optional(),
    /** Regular expressions, one of which matches the text; letter case does not count, `^` and `$` match at lines. */
    text: oneOrMore(z.string().min(1)).optional(),
    /** HTTP statuses that mean this. */
    statuses: oneOrMore(z.number().int().min(100).max(599)).default([]),
    /** Error codes and error names that mean this, such as `ECONNREFUSED`, `invalid_grant` or `-32601`. */
    codes: oneOrMore(z.union([z.string().min(1), z.number().transform(String)])).default([]),
    /** A result that is not marked as an error counts as one if its text begins with this match. */
    report: z.boolean().default(false),
    /** When it is tried: `late` patterns only if nothing more exact is known. */
    order: z.enum(['early', 'normal', 'late']).default('normal'),
    /** The tools it applies to, as globs; all of them by default. */
    tools: oneOrMore(z.string()).default(['*']),
    /** The fixes proposed, the best first: built-in ones by name, commands of `fixes.own` as `own:NAME`. */
    fix: oneOrMore(fixName).default([]),
    /** Whether the failure certainly came before anything was changed. */
    phase: z.enum(phases).default('unknown'),
    /** The row of the repeat policy's table, where a code or a status says it; derived from class and phase by default. */
    situation: z.enum(situations).optional(),
    /** Whether the call may have taken effect; derived from the phase by default. */
    delivered: z.enum(['no', 'maybe']).optional(),
    examples: z.array(z.string()).default([]),
    counterexamples: z.array(z.string()).default([]),
  })
  .refine((pattern) => pattern.text !== undefined || pattern.statuses.length > 0 || pattern.codes.length > 0, {
    path: ['text'],
    error: 'a pattern needs `text`, `codes` or `statuses`',
  });

export type Pattern = z.output<typeof patternSchema>;
