import type { z } from 'zod';
import type { ownFixSchema } from '../src/config/fix-schema.ts';
import type { Fix } from '../src/model/fix.ts';
import type { LessonFixName, OwnFixName } from '../src/model/terms.ts';
import { commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import { showCommand } from '../src/text/command-line.ts';

export type OwnFixEntry = z.output<typeof ownFixSchema>;

/** Runs a command of the user's own, and waits until its probe succeeds. */
export const ownFix =
  (name: OwnFixName | LessonFixName) =>
  (entry: OwnFixEntry, { tool }: FixCall, context: FixContext): Fix => {
    const { command, timeoutMs, settleMs, pollMs, target = 'default' } = entry;
    const { probe, start } = commandFix(entry, { name, target, tool }, context);
    return makeFix(
      {
        ...{ name, target, timeoutMs, settleMs, probe, pollMs },
        description: `runs ${showCommand(command)}`,
        work: async (request) => commandWork(await start(command, request)),
      },
      context,
    );
  };
