import { toolDefaults } from '../config/defaults.ts';
import type { Config } from '../config/schema.ts';
import type { ToolAnnotations } from '../model/run.ts';
import type { OnError, ToolKind } from '../model/terms.ts';
import { globTest } from './glob.ts';
import { kindOf } from './kind.ts';
import type { Replay, Reports } from './repeat.ts';

export interface ToolRules {
  /** The kind that the config gives; null if the annotations decide. */
  readonly kind: ToolKind | null;
  readonly replay: Replay;
  /** What is done about a failure. @default 'heal' */
  readonly onError?: OnError | undefined;
  /** Whether the tool's reports are trusted; null if its kind decides. */
  readonly reports: Reports | null;
  /** Whether a tool without annotations counts as destructive. */
  readonly isStrict: boolean;
  /** The name of what the tool depends on. */
  readonly upstream: string;
  /** Maximum number of calls, the first included. */
  readonly attempts?: number | undefined;
  /** Time for attempt, fix, wait and retry together, in ms. */
  readonly deadlineMs?: number | undefined;
  /** Timeout of one attempt, in ms. */
  readonly timeoutMs?: number | undefined;
  /** Whether clients of the proxy do not see the tool. */
  readonly hidden?: boolean | undefined;
}

const rulesOf = (entry: Partial<Config['tools'][string]>, isStrict: boolean): ToolRules => ({
  ...toolDefaults,
  ...entry,
  kind: entry.kind ?? null,
  reports: entry.reports ?? null,
  isStrict,
});

/** Builds the look-up of a tool's rules in the config: the first glob that matches counts. */
export const createToolRules = ({
  tools,
  unannotated,
}: Pick<Config, 'tools' | 'unannotated'>): ((tool: string) => ToolRules) => {
  const isStrict = unannotated === 'strict';
  const rules = Object.entries(tools).map(([glob, entry]) => ({
    matches: globTest(glob),
    rules: rulesOf(entry, isStrict),
  }));
  const silent = rulesOf({}, isStrict);
  return (tool) => rules.find(({ matches }) => matches(tool))?.rules ?? silent;
};

/** The effective kind of a tool: from the config, else from its annotations. */
export const effectiveKind = (rules: ToolRules, annotations: ToolAnnotations | undefined): ToolKind => {
  const kind = rules.kind ?? kindOf(annotations);
  return kind === 'unannotated' && rules.isStrict ? 'destructive' : kind;
};

/** Whether clients do not see a tool; undefined if they see all. */
export const hiddenTest = (config: Pick<Config, 'tools' | 'unannotated'>): ((tool: string) => boolean) | undefined => {
  if (!Object.values(config.tools).some(({ hidden }) => hidden === true)) return undefined;
  const rulesFor = createToolRules(config);
  return (tool) => rulesFor(tool).hidden === true;
};
