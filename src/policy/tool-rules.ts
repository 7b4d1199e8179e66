import { toolDefaults } from '../config/defaults.ts';
import type { Config } from '../config/schema.ts';
import type { ToolAnnotations } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import { globTest } from './glob.ts';
import { kindOf } from './kind.ts';
import type { Replay } from './repeat.ts';

export interface ToolRules {
  /** The kind that the config gives; null if the annotations decide. */
  readonly kind: ToolKind | null;
  readonly replay: Replay;
  /** The name of what the tool depends on. */
  readonly upstream: string;
}

const rulesOf = ({ kind, ...rest }: Config['tools'][string]): ToolRules => ({ kind: kind ?? null, ...rest });

/** Builds the look-up of a tool's rules in the config: the first glob that matches counts. */
export const createToolRules = (tools: Config['tools']): ((tool: string) => ToolRules) => {
  const rules = Object.entries(tools).map(([glob, entry]) => ({ matches: globTest(glob), rules: rulesOf(entry) }));
  const silent = rulesOf({ ...toolDefaults });
  return (tool) => rules.find(({ matches }) => matches(tool))?.rules ?? silent;
};

/** The effective kind of a tool: from the config, else from its annotations. */
export const effectiveKind = (rules: ToolRules, annotations: ToolAnnotations | undefined): ToolKind =>
  rules.kind ?? kindOf(annotations);
