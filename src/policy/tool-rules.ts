import { toolDefaults } from '../config/defaults.ts';
import type { Config } from '../config/schema.ts';
import type { ToolAnnotations } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import { globTest } from './glob.ts';
import { kindOf } from './kind.ts';
import type { Replay, Reports } from './repeat.ts';

export interface ToolRules {
  /** The kind that the config gives; null if the annotations decide. */
  readonly kind: ToolKind | null;
  readonly replay: Replay;
  /** Whether the tool's reports are trusted; null if its kind decides. */
  readonly reports: Reports | null;
  /** Whether a tool without annotations counts as destructive. */
  readonly isStrict: boolean;
  /** The name of what the tool depends on. */
  readonly upstream: string;
}

const rulesOf = ({ kind, reports, ...rest }: Config['tools'][string], isStrict: boolean): ToolRules => ({
  kind: kind ?? null,
  reports: reports ?? null,
  isStrict,
  ...rest,
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
  const silent = rulesOf({ ...toolDefaults }, isStrict);
  return (tool) => rules.find(({ matches }) => matches(tool))?.rules ?? silent;
};

/** The effective kind of a tool: from the config, else from its annotations. */
export const effectiveKind = (rules: ToolRules, annotations: ToolAnnotations | undefined): ToolKind => {
  const kind = rules.kind ?? kindOf(annotations);
  return kind === 'unannotated' && rules.isStrict ? 'destructive' : kind;
};
