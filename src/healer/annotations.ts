import type { RunOptions } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { untilAborted } from '../platform/wait.ts';
import { effectiveKind, type ToolRules } from '../policy/tool-rules.ts';

/** The stricter of a tool's last kind and `unannotated`. */
const withoutHints = (last: ToolKind): ToolKind =>
  last === 'read-only' || last === 'idempotent' ? 'unannotated' : last;

/**
 * The kind of a tool now: a promise if its annotations have to be asked for.
 *
 * @param last The kind that was known before.
 */
export const kindNow = (
  rules: ToolRules,
  annotations: RunOptions['annotations'],
  last: ToolKind = 'unannotated',
  cancels?: CancelSource | undefined,
): ToolKind | Promise<ToolKind> => {
  if (typeof annotations !== 'function') return effectiveKind(rules, annotations);
  return rules.kind ?? askKind(rules, annotations, last, cancels);
};

const askKind = async (
  rules: ToolRules,
  annotations: Extract<RunOptions['annotations'], () => unknown>,
  last: ToolKind,
  cancels: CancelSource | undefined,
): Promise<ToolKind> => {
  try {
    const known = annotations();
    return effectiveKind(rules, await (cancels === undefined ? known : untilAborted(known, cancels)));
  } catch {
    return withoutHints(last);
  }
};
