import type { z } from 'zod';
import type { cacheClearSchema } from '../src/config/fix-schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { checkFolder } from '../src/runner/empty-folder.ts';
import { makeFix, type WorkResult } from '../src/runner/fix.ts';
import { configPath } from '../src/runner/path.ts';
import { refuse } from '../src/runner/refusal.ts';
import { callUpstreamTool } from '../src/runner/upstream-tool.ts';
import { errorText } from '../src/text/error-text.ts';

export type CacheClearEntry = z.output<typeof cacheClearSchema>;

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

const emptyFolders = async (
  entry: CacheClearEntry,
  { signal }: FixRequest,
  context: FixContext,
): Promise<WorkResult> => {
  const absolute = (path: string): string => configPath(path, context);
  const limits = {
    allowedRoots: entry.allowedRoots.map(absolute),
    configDir: context.baseDir,
    env: context.env,
  };
  const checks = await Promise.all(entry.folders.map(async (folder) => checkFolder(absolute(folder), limits)));
  const opened = checks.flatMap((check) => ('folder' in check && check.folder !== null ? [check.folder] : []));
  let removed = 0;
  try {
    const refused = checks.flatMap((check) => ('refused' in check ? [check.refused] : []));
    if (refused.length > 0) return { status: 'refused', reason: `nothing was removed: ${refused.join('; ')}` };
    for (const folder of opened) {
      try {
        removed += await folder.empty(signal);
      } catch (error) {
        const why = signal.aborted ? 'more was to be removed' : errorText(error);
        return { status: 'failed', reason: `${folder.path} could not be emptied: ${why}` };
      }
    }
  } finally {
    await Promise.all(opened.map((folder) => folder.close()));
  }
  const absent = checks.length - opened.length;
  const absence = absent === 0 ? '' : `; ${count(absent, 'folder does', 'folders do')} not exist`;
  return {
    status: 'succeeded',
    reason: `removed ${count(removed, 'entry', 'entries')} from ${count(opened.length, 'folder', 'folders')}${absence}`,
  };
};

/** Empties the configured cache folders, calls the configured tool of the same upstream, or both. */
export const cacheClear = (entry: CacheClearEntry, _call: FixCall, context: FixContext): Fix | Refusal => {
  const { folders, tool } = entry;
  if (folders.length === 0 && tool === undefined) {
    return refuse('FIX_NOT_CONFIGURED', 'cache_clear has neither `folders` nor a `tool`');
  }
  const callTool = context.upstream?.callTool?.bind(context.upstream);
  if (tool !== undefined && callTool === undefined) {
    return refuse(
      'FIX_NOT_CONFIGURED',
      `cache_clear wants the tool ${tool.name}, but there is no upstream server to ask`,
    );
  }
  const steps = [
    ...(folders.length === 0 ? [] : [`empties ${folders.join(', ')}`]),
    ...(tool === undefined ? [] : [`calls the tool ${tool.name}`]),
  ];
  return makeFix(
    {
      name: 'cache_clear',
      target: entry.target ?? 'default',
      description: steps.join(' and '),
      timeoutMs: entry.timeoutMs,
      settleMs: entry.settleMs,
      work: async (request) => {
        const emptied = folders.length === 0 ? undefined : await emptyFolders(entry, request, context);
        if (tool === undefined || callTool === undefined || (emptied && emptied.status !== 'succeeded')) {
          return emptied ?? { status: 'failed', reason: 'there is nothing to do' };
        }
        const called = await callUpstreamTool(callTool, tool, request);
        return emptied === undefined ? called : { ...called, reason: `${emptied.reason}; ${called.reason}` };
      },
    },
    context,
  );
};
