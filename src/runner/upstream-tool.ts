import type { FixRequest, UpstreamControl } from '../model/fix.ts';
import { untilAborted } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import type { WorkResult } from './fix.ts';

interface UpstreamTool {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const failedResult = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'isError' in result && result.isError === true;

/** Calls a tool of the same upstream as the work of a fix; an error result means that the fix failed. */
export const callUpstreamTool = async (
  callTool: NonNullable<UpstreamControl['callTool']>,
  tool: UpstreamTool,
  { signal }: FixRequest,
): Promise<WorkResult> => {
  try {
    const result = await untilAborted(callTool(tool.name, tool.arguments, signal), signal);
    return failedResult(result)
      ? { status: 'failed', reason: `the tool ${tool.name} answered with an error`, output: JSON.stringify(result) }
      : { status: 'succeeded', reason: `the tool ${tool.name} answered` };
  } catch (error) {
    if (signal.aborted) return { status: 'failed', reason: `the tool ${tool.name} had not answered` };
    return { status: 'failed', reason: `the tool ${tool.name} failed: ${errorText(error)}` };
  }
};
