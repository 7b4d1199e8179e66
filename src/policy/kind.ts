import type { ToolAnnotations } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';

/**
 * Reads the kind of a tool from its annotations. A tool that says nothing about effects is `unannotated`;
 * one that says anything gets the protocol's defaults for the rest (not read-only, destructive, not idempotent).
 * A tool that says that it only adds is `additive`.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/schema#toolannotations
 */
export const kindOf = (annotations: ToolAnnotations | undefined): ToolKind => {
  const { readOnlyHint, destructiveHint, idempotentHint } = annotations ?? {};
  if (readOnlyHint === true) return 'read-only';
  if (idempotentHint === true) return 'idempotent';
  if (readOnlyHint === undefined && destructiveHint === undefined && idempotentHint === undefined) return 'unannotated';
  return destructiveHint === false ? 'additive' : 'destructive';
};

const strictness: Readonly<Record<ToolKind, number>> = {
  'read-only': 0,
  idempotent: 1,
  additive: 2,
  unannotated: 2,
  destructive: 3,
};

/** Of two kinds that a tool had, the one whose calls may be repeated less often; the later one if there is no difference. */
export const stricterKind = (earlier: ToolKind, later: ToolKind): ToolKind =>
  strictness[earlier] > strictness[later] ? earlier : later;
