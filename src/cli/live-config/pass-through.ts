import type { LoadedConfig } from '../../config/load.ts';
import type { HealerPort } from '../../mcp/healing/healer-port.ts';
import type { RawOutcome, RunOutcome } from '../../model/run.ts';
import { hiddenTest } from '../../policy/tool-rules.ts';

/** A healer that heals nothing: every response passes as it is. Tools that the configuration hides stay hidden. */
export const passThrough = ({ config }: LoadedConfig): HealerPort & AsyncDisposable => ({
  attempts: 1,
  isHidden: hiddenTest(config),
  looksHealthy: () => true,
  countHealthy: () => {},
  heal: async <T>(tool: string, first: RawOutcome<T>): Promise<RunOutcome<T>> => ({
    ...{ runId: 'unhealed', tool, kind: 'unannotated', status: 'failed', attempts: 1 },
    ...{ diagnosis: null, lastDiagnosis: null, fixes: [], refusal: null, advice: null, startedAt: 0, durationMs: 0 },
    ...first,
    ok: false,
  }),
  [Symbol.asyncDispose]: async () => {},
});
