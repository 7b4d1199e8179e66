import { join } from 'node:path';
import type { Healer, HealerOptions, RunOutcome, ToolAnnotations } from 'healflow';
import type { Backend } from './backend.ts';
import { attempts, type Cell, type End, type Judged, judge, type Observed } from './cell.ts';
import { deadlineMs, type Kind } from './expected.ts';
import { callService, faultOf, wordsOf } from './programs/call-service.ts';

type Config = NonNullable<HealerOptions['config']>;

/** Limits so wide that no cell meets those of its neighbours, and waits short enough for thousands of calls. */
export const suiteConfig: Config = {
  attempts,
  deadlineMs,
  retryBudget: { retries: 1_000_000 },
  breaker: { failures: 1_000_000 },
  tools: { 'never_*': { replay: 'never' }, 'always_*': { replay: 'always' } },
  fixes: { retry_backoff: { baseMs: 4, maxMs: 20 }, wait_retry: { defaultWaitMs: 10 } },
};

/** A fix that may run as often as it likes. */
export const unheld = { cooldownMs: 0, budget: { runs: 1_000, windowMs: 1 } };

/** How long the suite waits for a tool that hangs. */
const attemptTimeoutMs = 2_500;

const annotations: Readonly<Record<Kind, ToolAnnotations | undefined>> = {
  'read-only': { readOnlyHint: true },
  idempotent: { idempotentHint: true },
  destructive: { destructiveHint: true },
  unannotated: undefined,
};

/** What a client of an MCP server throws at a JSON-RPC error. */
class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`MCP error ${code}: ${message}`);
    this.code = code;
  }
}

export interface InProcessOptions {
  readonly create: (options: HealerOptions) => Promise<Pick<Healer, 'runOutcome'> & AsyncDisposable>;
  readonly backend: Backend;
  readonly memoryDir: string;
  /** How many calls are open at once. */
  readonly concurrency: number;
  readonly onProgress?: (done: number) => void;
}

/** Runs cells through a healer of this process, against the service over loopback HTTP. */
export const runInProcess = async (
  cells: readonly Cell[],
  { create, backend, memoryDir, concurrency, onProgress }: InProcessOptions,
): Promise<Judged[]> => {
  const mended = new Map<string, Set<string>>();
  const isMended = (call: string, what: string): boolean => mended.get(call)?.has(what) ?? false;
  const mend = (call: unknown, what: string): void => {
    mended.set(String(call), new Set([...(mended.get(String(call)) ?? []), what]));
  };
  const options = {
    memoryDir,
    env: { ...process.env, HEALFLOW_STATE_DIR: join(memoryDir, 'state') },
    warn: (message: string) => {
      throw new Error(message);
    },
    fixes: {
      token_refresh: {
        ...unheld,
        run: ({ args }) => mend(args?.call, 'login'),
        target: ({ args }) => String(args.call),
      },
      cache_clear: { ...unheld, run: ({ args }) => mend(args?.call, 'cache'), target: ({ args }) => String(args.call) },
    },
  } satisfies HealerOptions;
  await using healer = await create({ ...options, config: suiteConfig });
  await using impatient = await create({ ...options, config: { ...suiteConfig, attemptTimeoutMs } });

  const runCell = async (cell: Cell): Promise<Omit<Observed, 'effects'>> => {
    const { call, channel, faults, kind, replay } = cell;
    let calls = 0;
    let ownMs = 0;
    let last: unknown;
    const attempt = async (signal: AbortSignal): Promise<unknown> => {
      const { deaths } = backend;
      const fault = faultOf(faults, calls, (what) => isMended(call, what));
      const service = { url: backend.url, nowhere: backend.nowhere, token: isMended(call, 'login') ? 'fresh' : 'old' };
      if (fault?.end !== 'rpc') {
        const answered = callService(service, call, fault, signal);
        // Only when the service runs again may the next attempt be made.
        return fault?.end === 'exit' ? answered.finally(() => backend.died(deaths)) : answered;
      }
      if (fault.moment !== 'before') await callService(service, call, undefined, signal);
      throw new RpcError(fault.code ?? 0, fault.message ?? '');
    };
    const task = async ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
      calls += 1;
      const beganAt = performance.now();
      try {
        last = await attempt(signal);
        return last;
      } catch (error) {
        const isOwn = channel === 'thrown' || error instanceof RpcError;
        last = isOwn
          ? error
          : channel === 'rpc'
            ? new RpcError(-32_603, wordsOf(error))
            : { isError: true, content: [{ type: 'text', text: wordsOf(error) }] };
        if (channel === 'isError') return last;
        throw last;
      } finally {
        ownMs += performance.now() - beganAt;
      }
    };
    const hangs = faults.some(({ end, timeoutMs }) => end === 'hang' && timeoutMs === undefined);
    const beganAt = performance.now();
    const outcome = await (hangs ? impatient : healer).runOutcome(`${replay}_${kind}`, task, {
      annotations: annotations[kind],
      args: { call },
    });
    const totalMs = performance.now() - beganAt;
    return {
      end: endOf(outcome, last),
      calls,
      fixes: outcome.fixes.map(({ fix }) => fix),
      status: outcome.status,
      addedMs: Math.max(0, totalMs - ownMs),
      totalMs,
      remark: outcome.ok ? undefined : `${outcome.lastDiagnosis?.pattern}: ${outcome.refusal?.reason}`,
    };
  };

  const seen: Omit<Observed, 'effects'>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < cells.length; index = next++) {
      seen[index] = await runCell(cells[index] as Cell);
      onProgress?.(index + 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const effects = await backend.effects();
  return cells.map((cell, index) => {
    const observed = { ...(seen[index] as Omit<Observed, 'effects'>), effects: effects.get(cell.call) ?? 0 };
    return judge(cell, observed);
  });
};

/** How the run ended for the caller; the result or the error must be the very object that the tool gave last. */
const endOf = (outcome: RunOutcome<unknown>, last: unknown): End => {
  if (outcome.ok) {
    if (outcome.value !== last) return 'other error';
    return outcome.attempts > 1 ? 'healed' : 'answered';
  }
  const settled = outcome.failedValue ? outcome.value : outcome.error;
  // A tool that hangs gives nothing: what the caller gets says so.
  const gaveUp = settled instanceof Error && 'code' in settled && settled.code === 'ATTEMPT_TIMEOUT';
  return settled === last || gaveUp ? 'own error' : 'other error';
};
