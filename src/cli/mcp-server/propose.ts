import { HealError } from '../../errors.ts';
import { readKnowledge } from '../../learning/knowledge.ts';
import { createRepairLog } from '../../learning/repair-log.ts';
import { shortLine } from '../../text/one-line.ts';
import type { AgentContext } from './context.ts';

export interface Proposal {
  readonly sig: string;
  readonly fix?: string | undefined;
  readonly note?: string | undefined;
}

const maxNote = 200;
const maxNotes = 20;

const wrong = (message: string): HealError => new HealError('CONFIG_INVALID', message);

/** Leaves a note for the person, or writes a lesson that is only proposed. Nothing is run, and nothing of the note gets into the lesson. */
export const propose = async ({ sig, fix, note }: Proposal, context: AgentContext): Promise<object> => {
  if ((fix === undefined) === (note === undefined)) throw wrong('exactly one of fix and note is needed');
  const { memoryDir, redact, now } = context;
  const [failure] = (await readKnowledge(memoryDir, { now: now(), only: sig })).failures;
  if (failure === undefined || failure.seen === 0)
    throw wrong(`the log has no failure ${sig}: healflow_failures lists them`);
  if (note === undefined) throw wrong('not yet');
  if (failure.notes.length >= maxNotes) throw wrong(`there are ${maxNotes} notes about ${sig} already`);
  const warnings: string[] = [];
  const log = createRepairLog({ memoryDir, redact, warn: (message) => warnings.push(message) });
  const [tool = ''] = failure.tools.keys();
  const timestamp = new Date(now()).toISOString();
  const isWritten = log.append({ kind: 'noted', timestamp, tool, sig, args: null, note: shortLine(note, maxNote) });
  if (!isWritten) throw new Error(warnings[0] ?? 'the note could not be written');
  return { noted: sig, next: `a person sees it with: healflow learn show ${sig}` };
};
