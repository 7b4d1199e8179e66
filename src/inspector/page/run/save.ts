import { request } from '../api/request.ts';
import { token } from '../state/route.ts';
import { announcement, explain } from '../state/server.ts';

/** Replaces characters that are not safe in file names. */
const fileName = (runId: string): string => `healflow-run-${runId.replace(/[^\w.-]+/g, '_').slice(0, 60)}.json`;

/** Saves a run as a file. Resolves with an error message, or null. */
export const saveRun = async (runId: string): Promise<string | null> => {
  try {
    const response = await request(`/api/runs/${encodeURIComponent(runId)}/export`, token.value);
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName(runId);
    link.click();
    URL.revokeObjectURL(url);
    announcement.value = 'The run was saved.';
    return null;
  } catch (error) {
    return explain(error);
  }
};
