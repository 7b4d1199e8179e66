import type { Clock } from '../model/clock.ts';
import type { RunOptions } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { untilAborted, within } from '../platform/wait.ts';
import { effectiveKind, type ToolRules } from '../policy/tool-rules.ts';

type Annotations = RunOptions['annotations'];
type AskAnnotations = Extract<Annotations, () => unknown>;

export interface AskOptions {
  readonly clock: Clock;
  /** Maximum time to wait for the annotations, in ms. */
  readonly maxWaitMs: number;
  /** The kind that was known before. @default 'unannotated' */
  readonly last?: ToolKind | undefined;
  readonly cancels?: CancelSource | undefined;
}

/** The stricter of a tool's last kind and `unannotated`. */
const withoutHints = (last: ToolKind = 'unannotated'): ToolKind =>
  last === 'read-only' || last === 'idempotent' ? 'unannotated' : last;

/** The kind of a tool now: a promise if its annotations have to be asked for. */
export const kindNow = (
  rules: ToolRules,
  annotations: Annotations,
  options: AskOptions,
): ToolKind | Promise<ToolKind> => {
  if (typeof annotations !== 'function') return effectiveKind(rules, annotations);
  return rules.kind ?? askKind(rules, annotations, options);
};

const askKind = async (
  rules: ToolRules,
  annotations: AskAnnotations,
  { clock, maxWaitMs, last, cancels }: AskOptions,
): Promise<ToolKind> => {
  let known: Awaited<ReturnType<AskAnnotations>>;
  const asked = Promise.resolve()
    .then(annotations)
    .then((found) => {
      known = found;
    });
  try {
    const inTime = within(clock, maxWaitMs, [asked]);
    const isKnown = await (cancels === undefined ? inTime : untilAborted(inTime, cancels));
    return isKnown ? effectiveKind(rules, known) : withoutHints(last);
  } catch {
    return withoutHints(last);
  }
};
