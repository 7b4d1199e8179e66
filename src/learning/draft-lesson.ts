import { isDeepStrictEqual } from 'node:util';
import type { Pattern } from '../diagnosis/index.ts';
import { actionText, type KnownFailure } from './knowledge.ts';
import type { ProposedLesson } from './lesson-file.ts';
import { type Odds, type RepairAction, type RepairableClass, repairableClasses } from './model.ts';
import { neverTrusted } from './never-trusted.ts';
import { patternOf } from './pattern-of.ts';
import { createUnfixableTest } from './unfixable.ts';

type LessonEvidence = NonNullable<ProposedLesson['evidence']>;

/** What a new lesson says. */
export interface LessonDraft {
  readonly name: string;
  readonly content: ProposedLesson;
}

export interface DraftOptions {
  /** The name of the lesson. @default made of what it runs and of the signature */
  readonly name?: string | undefined;
  /** What kind of failure it is. @default that of the log, or `server` if no pattern recognised it */
  readonly class?: RepairableClass | undefined;
  /** The user's own patterns. */
  readonly userPatterns?: readonly Pattern[] | undefined;
}

/** Globs have a meaning in the name of a tool, which a server chooses. */
const isPlainName = (tool: string): boolean => !/[*?]/.test(tool);

const isRepairable = (name: string): name is RepairableClass => (repairableClasses as readonly string[]).includes(name);

const isUnrecognised = ({ class: found }: KnownFailure): boolean => found === null || found === 'unrecognised';

const runTimeoutMs = 30_000;

const counted = (count: number, of: number): string => `${count} of ${of}`;

/** What is known now, as the file of a lesson shows it; what is unknown is left out. */
export const evidenceOf = ({ seen, tools, natural }: KnownFailure, odds: Odds | undefined): LessonEvidence => {
  const { trials } = odds ?? {};
  return {
    ...(trials !== undefined && trials.of > 0 && { repairs: counted(trials.succeeded, trials.of) }),
    ...(natural.of > 0 && { natural: counted(natural.recovered, natural.of) }),
    odds: odds?.odds == null ? null : Number(odds.odds.toPrecision(3)),
    seen,
    tools: tools.size,
  };
};

/** The words of a name: letters and digits of what runs, and the beginning of the signature. */
const nameOf = (action: RepairAction, sig: string): string => {
  const [program = 'fix', ...args] = 'use' in action ? [action.use.replace(/^own:/, '')] : action.run;
  const words = [program.split(/[\\/]/).at(-1) ?? program, ...args.filter((argument) => /^\w[\w.-]*$/.test(argument))];
  const text = words
    .join('-')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40)
    .replace(/[-.]+$/, '');
  return `${text || 'fix'}-${sig.slice(0, 4)}`;
};

/**
 * Drafts a lesson: a pattern made of the signature of the failure, for the tools that reported it, and what repairs it. Nothing of
 * a tool's words gets into the fix.
 *
 * @returns the draft, or why there can be none.
 */
export const draftLesson = (
  failure: KnownFailure,
  action: RepairAction,
  options: DraftOptions = {},
): LessonDraft | { readonly refused: string } => {
  const { id: sig, line, examples } = failure;
  if (line === null)
    return { refused: `the log no longer has the failure ${sig} itself, so there is nothing to match` };
  if (createUnfixableTest(options.userPatterns)(failure)) {
    const why = failure.class === 'usage' ? 'comes from how the tool was called' : 'says that a permission is missing';
    return { refused: `${sig} ${why}, which no fix repairs` };
  }
  const found = failure.class === null || isUnrecognised(failure) ? 'server' : failure.class;
  if (options.class !== undefined && options.class !== found && !isUnrecognised(failure)) {
    return {
      refused: `${sig} is recognised as ${found} by ${failure.pattern ?? 'a pattern'}: only a failure that no pattern recognises takes another class`,
    };
  }
  const name = options.class ?? found;
  if (!isRepairable(name)) return { refused: `a failure of the class ${name} cannot be repaired by a fix` };
  const never = 'use' in action ? null : neverTrusted(action.run);
  if (never !== null) return { refused: `no lesson may run ${actionText(action)}: ${never}` };
  const tools = [...failure.tools.keys()].filter(isPlainName);
  if (tools.length === 0) return { refused: `no tool that reported ${sig} has a name that a lesson can be bound to` };
  const made = patternOf({ line });
  if ('refused' in made) return { refused: made.refused };
  const known = failure.actions.find((one) => isDeepStrictEqual(one.action, action));
  return {
    name: options.name ?? nameOf(action, sig),
    content: {
      pattern: {
        id: sig,
        class: name,
        text: [made.regexp],
        tools,
        examples: [...examples],
        counterexamples: [],
      },
      fix: 'use' in action ? { use: action.use } : { run: [...action.run], timeoutMs: runTimeoutMs },
      evidence: evidenceOf(failure, known?.odds),
    },
  };
};
