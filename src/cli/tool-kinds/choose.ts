import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { ToolKind } from '../../model/terms.ts';
import { printable } from '../../text/sanitize.ts';
import type { SurveyedTool } from './survey.ts';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Thrown if the person presses Ctrl-C or ends the input. */
export class CancelledError extends Error {}

const kindsOf = (tools: readonly SurveyedTool[]): Map<string, ToolKind> =>
  new Map(tools.flatMap(({ tool, suggested }) => (suggested === null ? [] : [[tool, suggested] as const])));

/** The tools whose suggestion is to read only: the others are worth a question each. */
export const readOnlyOf = (open: readonly SurveyedTool[]): Map<string, ToolKind> =>
  kindsOf(open.filter(({ suggested }) => suggested === 'read-only'));

/**
 * Asks a person which suggestions to accept: all that are read-only, one by one, or none.
 *
 * @throws CancelledError
 */
export const chooseKinds = async (
  open: readonly SurveyedTool[],
  file: string,
  { input, output }: Terminal,
): Promise<Map<string, ToolKind>> => {
  const lines = createInterface({ input, output });
  const cancelled = new Promise<never>((_, reject) => {
    const cancel = (): void => reject(new CancelledError('cancelled'));
    lines.once('SIGINT', cancel);
    lines.once('close', cancel);
  });
  cancelled.catch(() => {});
  const ask = async (question: string): Promise<string> =>
    (await Promise.race([lines.question(question), cancelled])).trim().toLowerCase();
  try {
    const all = readOnlyOf(open);
    const answer = await ask(`Write to ${file}: [a]ll ${all.size} read-only ones, [o]ne by one, or [n]one? [n] `);
    if (/^a(?:ll)?$/.test(answer)) return all;
    if (!/^o(?:ne)?(?: by one)?$/.test(answer)) return new Map();
    const accepted: SurveyedTool[] = [];
    for (const tool of open) {
      const { suggested, kind, reason } = tool;
      const question = `${printable(tool.tool)}: ${suggested} instead of ${kind} (${printable(reason)})? [y/N] `;
      if (/^y(?:es)?$/.test(await ask(question))) accepted.push(tool);
    }
    return kindsOf(accepted);
  } finally {
    lines.close();
  }
};
