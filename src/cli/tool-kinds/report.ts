import type { ToolAnnotations } from '../../model/run.ts';
import { printable, printableJson } from '../../text/sanitize.ts';
import { table } from '../table.ts';
import type { SurveyedTool } from './survey.ts';

type Redact = (text: string) => string;

const maxName = 38;
const width = 80;

const annotationText = ({ readOnlyHint, destructiveHint, idempotentHint }: ToolAnnotations): string => {
  if (readOnlyHint === true) return 'read-only';
  if (destructiveHint === true) return 'destructive';
  if (idempotentHint === true) return 'idempotent';
  if (destructiveHint === false) return 'additive';
  return readOnlyHint === false ? 'may write' : '-';
};

const short = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

const wrapped = (text: string): string[] => {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width - 4) {
    const at = rest.lastIndexOf(' ', width - 4);
    const end = at > 0 ? at : width - 4;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
};

/** The survey as a table of at most 80 columns; the reason of each suggestion is in the line below. */
export const surveyText = (tools: readonly SurveyedTool[], redact: Redact): string => {
  const clean = (text: string): string => printable(redact(text)).replace(/\s+/g, ' ');
  const rows = tools.map(({ tool, annotations, kind, suggested }) => [
    short(clean(tool), maxName),
    annotationText(annotations),
    kind,
    suggested ?? '-',
  ]);
  const [title = '', ...lines] = table(['TOOL', 'ANNOTATION', 'IN FORCE', 'SUGGESTED'], rows, new Set())
    .trimEnd()
    .split('\n');
  const reasons = tools.map(({ reason, isConflict }) => wrapped(`${isConflict ? 'warning: ' : ''}${clean(reason)}`));
  const body = lines.flatMap((line, at) => [line, ...(reasons[at] ?? []).map((reason) => `    ${reason}`)]);
  return `${[title, ...body].join('\n')}\n`;
};

/** The survey as JSON. */
export const surveyJson = (tools: readonly SurveyedTool[], redact: Redact): string => {
  const content = tools.map(({ tool, annotations, kind, isConfigured, suggested, reason, isConflict }) => ({
    tool: redact(tool),
    annotations,
    kind,
    configured: isConfigured,
    suggested,
    reason: redact(reason),
    conflict: isConflict,
  }));
  return `${printableJson(JSON.stringify(content))}\n`;
};
