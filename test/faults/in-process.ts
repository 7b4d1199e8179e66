import { join } from 'node:path';
import type { Healer, HealerOptions, RunOutcome, ToolAnnotations } from 'healflow';
import type { Backend } from './backend.ts';
import { attempts, type Cell, type End, judge, type Observed, type Verdict } from './cell.ts';
import { deadlineMs, type Kind } from './expected.ts';
import { callService, errorText, faultOf } from './programs/call-service.ts';

type Config = NonNullable<HealerOptions['config']>;

/** Limits wide enough that no cell meets those of another, and delays short enough for thousands of calls. */
export const suiteConfig: Config = {
  attempts,
  deadlineMs,
  outagePatienceMs: 1_500,
  retryBudget: { retries: 1_000_000 },
  breaker: { failures: 1_000_000 },
  tools: { 'never_*': { replay: 'never' }, 'always_*': { replay: 'always' } },
  fixes: { retry_backoff: { baseMs: 4, maxMs: 20 }, wait_retry: { defaultWaitMs: 10 } },
};

/** Options of a fix without a cool-down or a budget. */
export const unlimited = { cooldownMs: 0, budget: { runs: 1_000, windowMs: 1 } };

/** Timeout of an attempt for tools that hang. */
const attemptTimeoutMs = 2_500;

const annotations: Readonly<Record<Kind, ToolAnnotations | undefined>> = {
  'read-only': { readOnlyHint: true },
  idempotent: { idempotentHint: true },
  destructive: { destructiveHint: true },
  unannotated: undefined,
};

/** The error that an MCP client throws for a JSON-RPC error. */
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
  /** Maximum number of calls that are open at once. */
  readonly concurrency: number;
  readonly onProgress?: (done: number) => void;
}

/** Runs cells through a healer in this process, against the service over loopback HTTP. */
export const runInProcess = async (
  cells: readonly Cell[],
  { create, backend, memoryDir, concurrency, onProgress }: InProcessOptions,
): Promise<Verdict[]> => {
  const fixed = new Map<string, Set<string>>();
  const isFixed = (call: string, what: string): boolean => fixed.get(call)?.has(what) ?? false;
  const repair = (call: unknown, what: string): void => {
    fixed.set(String(call), new Set([...(fixed.get(String(call)) ?? []), what]));
  };
  const options = {
    memoryDir,
    env: { ...process.env, HEALFLOW_STATE_DIR: join(memoryDir, 'state') },
    warn: (message: string) => {
      throw new Error(message);
    },
    fixes: {
      token_refresh: {
        ...unlimited,
        run: ({ args }) => repair(args?.call, 'login'),
        target: ({ args }) => String(args.call),
      },
      cache_clear: {
        ...unlimited,
        run: ({ args }) => repair(args?.call, 'cache'),
        target: ({ args }) => String(args.call),
      },
    },
  } satisfies HealerOptions;
  await using healer = await create({ ...options, config: suiteConfig });
  await using withTimeout = await create({ ...options, config: { ...suiteConfig, attemptTimeoutMs } });

  const runCell = async (cell: Cell): Promise<Omit<Observed, 'effects'>> => {
    const { call, channel, faults, kind, replay } = cell;
    let calls = 0;
    let ownMs = 0;
    let last: unknown;
    const attempt = async (signal: AbortSignal): Promise<unknown> => {
      const { deaths } = backend;
      const fault = faultOf(faults, calls, (what) => isFixed(call, what));
      const service = { url: backend.url, deadUrl: backend.deadUrl, token: isFixed(call, 'login') ? 'fresh' : 'old' };
      if (fault?.end !== 'rpc') {
        const response = callService(service, call, fault, signal);
        // The next attempt has to wait until the service runs again.
        return fault?.end === 'exit' ? response.finally(() => backend.died(deaths)) : response;
      }
      if (fault.moment !== 'before') await callService(service, call, undefined, signal);
      throw new RpcError(fault.code ?? 0, fault.message ?? '');
    };
    const task = async ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
      calls += 1;
      const startedAt = performance.now();
      try {
        last = await attempt(signal);
        return last;
      } catch (error) {
        const isOwn = channel === 'thrown' || error instanceof RpcError;
        last = isOwn
          ? error
          : channel === 'rpc'
            ? new RpcError(-32_603, errorText(error))
            : { isError: true, content: [{ type: 'text', text: errorText(error) }] };
        if (channel === 'isError') return last;
        throw last;
      } finally {
        ownMs += performance.now() - startedAt;
      }
    };
    const hangs = faults.some(({ end, timeoutMs }) => end === 'hang' && timeoutMs === undefined);
    const startedAt = performance.now();
    const outcome = await (hangs ? withTimeout : healer).runOutcome(`${replay}_${kind}`, task, {
      annotations: annotations[kind],
      args: { call },
    });
    const totalMs = performance.now() - startedAt;
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
  const worker = async (): Promise<void> => {
    for (let index = next++; index < cells.length; index = next++) {
      seen[index] = await runCell(cells[index] as Cell);
      onProgress?.(index + 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const effects = await backend.effects();
  return cells.map((cell, index) => {
    const observed = { ...(seen[index] as Omit<Observed, 'effects'>), effects: effects.get(cell.call) ?? 0 };
    return judge(cell, observed);
  });
};

/** The end of the run for the caller; the result or the error must be the very object of the tool's last attempt. */
const endOf = (outcome: RunOutcome<unknown>, last: unknown): End => {
  if (outcome.ok) {
    if (outcome.value !== last) return 'other error';
    return outcome.attempts > 1 ? 'healed' : 'succeeded';
  }
  const settled = outcome.thrown ? outcome.error : outcome.value;
  // A tool that hangs returns nothing: the caller receives an error of healflow.
  const timedOut = settled instanceof Error && 'code' in settled && settled.code === 'ATTEMPT_TIMEOUT';
  return settled === last || timedOut ? 'own error' : 'other error';
};
