import type { Config } from '../../config/schema.ts';
import type { ToolAnnotations } from '../../model/run.ts';
import type { ToolKind } from '../../model/terms.ts';
import { suggestKind } from '../../policy/suggest-kind/index.ts';
import { createToolRules, effectiveKind } from '../../policy/tool-rules.ts';
import { isRecord } from '../../text/is-record.ts';

/** What is known of one tool. */
export interface SurveyedTool {
  readonly tool: string;
  readonly annotations: ToolAnnotations;
  /** The kind in force now. */
  readonly kind: ToolKind;
  /** Whether the configuration gives it. */
  readonly isConfigured: boolean;
  readonly suggested: ToolKind | null;
  readonly reason: string;
  /** Whether the annotation and the name contradict each other. */
  readonly isConflict: boolean;
}

const hint = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const annotationsOf = (value: unknown): ToolAnnotations => {
  if (!isRecord(value)) return {};
  const { readOnlyHint, destructiveHint, idempotentHint } = value;
  return {
    readOnlyHint: hint(readOnlyHint),
    destructiveHint: hint(destructiveHint),
    idempotentHint: hint(idempotentHint),
  };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Compares what a server says of its tools with the configuration. A tool that is listed twice counts once. */
export const surveyTools = (
  listed: readonly Readonly<Record<string, unknown>>[],
  config: Pick<Config, 'tools' | 'unannotated'>,
): readonly SurveyedTool[] => {
  const rulesOf = createToolRules(config);
  const named = new Map(
    listed.filter(({ name }) => typeof name === 'string').map((tool) => [tool.name as string, tool]),
  );
  return [...named].map(([name, tool]) => {
    const annotations = annotationsOf(tool.annotations);
    const rules = rulesOf(name);
    const { title, description, inputSchema } = tool;
    const { kind, ...why } = suggestKind({
      ...{ name, annotations, inputSchema },
      title: textOf(title),
      description: textOf(description),
    });
    const inForce = effectiveKind(rules, annotations);
    return { tool: name, annotations, kind: inForce, isConfigured: rules.kind !== null, suggested: kind, ...why };
  });
};

/** Whether the suggestion would change something that the configuration leaves open. */
export const isOpen = ({ kind, suggested, isConfigured }: SurveyedTool): boolean =>
  suggested !== null && suggested !== kind && !isConfigured;
