import { z } from 'zod';
import { positiveMs } from '../config/durations.ts';
import { shortName } from '../config/fix-schema.ts';
import { patternSchema } from '../diagnosis/pattern.ts';
import { fixNames } from '../model/terms.ts';
import { maxSeals, repairableClasses, rungs } from './model.ts';

const fields = patternSchema.shape;

const repairs: readonly string[] = fixNames.filter((name) => name !== 'retry_backoff' && name !== 'wait_retry');

const isUsable = (name: string): boolean =>
  repairs.includes(name) || (name.startsWith('own:') && shortName.test(name.slice('own:'.length)));

const argv = z.array(z.string()).min(1, 'a command needs at least the program to run');

const probe = z.xor(
  [
    z.strictObject({ command: argv, timeoutMs: positiveMs.default(5_000) }),
    z.strictObject({
      tcp: z.string().regex(/^.+:\d+$/, 'expected host:port'),
      timeoutMs: positiveMs.default(5_000),
    }),
  ],
  { error: 'the probe of a lesson is either `command` or `tcp`' },
);

const counted = z.string().regex(/^\d{1,9} of \d{1,9}$/, 'expected two numbers, as in `4 of 5`');
const person = z.string().min(1).max(100);
const hex = z.string().regex(/^[0-9a-f]{32}$/);
const instant = z.iso.datetime({ offset: true });

/** A lesson, as it is in its file. */
export const lessonSchema = z.strictObject({
  pattern: z
    .strictObject({
      /** The id of the signature that it was made of. */
      id: z.string().min(1).max(100),
      class: z.enum(repairableClasses),
      /** A regular expression of RE2, or several, for the line that `healflow learn` shows of the failure. */
      text: z.union([
        z
          .string()
          .min(1)
          .transform((text) => [text]),
        z.array(z.string().min(1)).min(1),
      ]),
      tools: fields.tools,
      examples: fields.examples,
      counterexamples: fields.counterexamples,
      /** Means nothing; older files have it. */
      phase: z.unknown().optional(),
    })
    .transform(({ phase: _, ...pattern }) => pattern),
  fix: z.xor(
    [
      z.strictObject({
        /** A repair fix of the configuration: a built-in one by its name, or `own:NAME`. */
        use: z.string().refine(isUsable, { error: `expected a repair fix: ${repairs.join(', ')} or own:NAME` }),
      }),
      z.strictObject({
        /** A command, as an argv; its program is in `learn.programs`. */
        run: argv,
        probe: probe.optional(),
        timeoutMs: positiveMs.default(30_000),
      }),
    ],
    { error: 'the fix of a lesson is either `use` or `run`' },
  ),
  /** What was known when the file was written, for people: the log has what is known now. */
  evidence: z
    .strictObject({
      /** Repairs after which the call succeeded, of all that were checked. */
      repairs: counted.optional(),
      /** Failures that ended with nothing run, of all that were observed. */
      natural: counted.optional(),
      odds: z.number().nonnegative().nullable().optional(),
      /** Number of failures. */
      seen: z.number().int().nonnegative().optional(),
      /** Number of tools. */
      tools: z.number().int().nonnegative().optional(),
    })
    .default({}),
  rung: z.enum(rungs),
  approved: z
    .strictObject({
      by: person,
      at: instant,
      digest: hex,
      /** One for each machine on which a person has approved it. */
      seals: z.array(hex).max(maxSeals).default([]),
    })
    .optional(),
  /** The moves so far, the last one at the end. */
  history: z
    .array(
      z.strictObject({
        at: instant,
        by: person,
        from: z.enum(rungs),
        to: z.enum(rungs),
        reason: z.string().max(500).optional(),
      }),
    )
    .max(1_000)
    .default([]),
});

/** The content of a lesson's file. */
export type LessonContent = z.output<typeof lessonSchema>;
