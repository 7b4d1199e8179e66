import { ConstantBackoff, handleAll, retry } from 'cockatiel';
import type { Healer, HealerOptions } from 'healflow';
import { unlimited } from '../in-process.ts';
import { annotations, type Scenario } from './scenario.ts';
import { Workshop } from './tool.ts';

type Config = NonNullable<HealerOptions['config']>;

/** What happened to one call. */
export interface Observed {
  /** Whether the last attempt of the tool completed all steps. */
  readonly ok: boolean;
  /** The number of effects of each step. */
  readonly effects: readonly number[];
  /** The outcome that healflow reports; null if it reports none. */
  readonly status: string | null;
  /** Why healing ended. */
  readonly remark?: string | undefined;
}

export interface Result {
  readonly scenario: Scenario;
  readonly observed: Observed;
}

/** Runs scenarios with one strategy. */
export type Run = (scenarios: readonly Scenario[]) => Promise<Result[]>;

/** Maximum number of calls that are open at once. */
const concurrency = 32;

/** Runs all, several at once. */
export const pooled = async <T, R>(
  all: readonly T[],
  work: (item: T) => Promise<R>,
  width = concurrency,
): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index] as T);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
};

/** No waits, and limits wide enough that no call meets those of another. */
export const campaignConfig: Config = {
  retryBudget: { retries: 1_000_000 },
  breaker: { failures: 1_000_000 },
  fixes: { retry_backoff: { baseMs: 0, maxMs: 0 }, wait_retry: { defaultWaitMs: 0 } },
};

export interface HealflowOptions {
  readonly create: (options: HealerOptions) => Promise<Pick<Healer, 'runOutcome'> & AsyncDisposable>;
  readonly memoryDir: string;
  readonly config?: Config;
}

/** Healflow, with functions that repair the login and the connection. */
export const withHealflow =
  ({ create, memoryDir, config }: HealflowOptions): Run =>
  async (scenarios) => {
    const workshop = new Workshop();
    await using healer = await create({
      config: { ...campaignConfig, ...config },
      memoryDir,
      env: { HEALFLOW_STATE_DIR: `${memoryDir}/state` },
      warn: (message) => {
        throw new Error(message);
      },
      fixes: {
        token_refresh: { ...unlimited, run: () => workshop.repair('login') },
        vpn_connect: { ...unlimited, run: () => workshop.repair('link') },
      },
    });
    return await pooled(scenarios, async (scenario) => {
      const tool = workshop.tool(scenario);
      const { status, refusal, lastDiagnosis } = await healer.runOutcome(scenario.steps[0]?.name ?? '', tool.run, {
        annotations: annotations[scenario.kind],
      });
      const { succeeded: ok, effects } = tool;
      const remark = ok ? undefined : `${lastDiagnosis?.pattern}: ${refusal?.reason}`;
      return { scenario, observed: { ok, status, remark, effects } };
    });
  };

/** Maximum number of attempts, as in healflow by default. */
const attempts = 3;

const isMarked = (value: unknown): boolean => (value as { readonly isError?: boolean }).isError === true;

/** Cockatiel's retry of everything that throws or is marked as an error; it knows of no fixes. */
export const withCockatiel: Run = async (scenarios) => {
  const workshop = new Workshop();
  const policy = retry(handleAll.orWhenResult(isMarked), {
    maxAttempts: attempts - 1,
    backoff: new ConstantBackoff(0),
  });
  return pooled(scenarios, async (scenario) => {
    const tool = workshop.tool(scenario);
    await policy.execute(tool.run).catch(() => {});
    return { scenario, observed: { ok: tool.succeeded, status: null, effects: tool.effects } };
  });
};

const looksLikeError = /error|exception|fail|denied|refused|timed? ?out|unauthorized|forbidden|\b[45]\d\d\b/i;

/** The first words that match decide which fix runs. */
const keywords = [
  [/401|unauthorized|forbidden|expired|credential|log ?in|token/i, 'login'],
  [/429|too many|rate|throttl/i, 'wait'],
  [
    /refused|reset|hang up|timed? ?out|timeout|eof|no such host|resolve|enotfound|eai_again|not known|unreachable|50[0-4]/i,
    'link',
  ],
] as const;

/** The words of an outcome that looks like an error; null if it does not. */
const errorWords = async (run: () => Promise<object>): Promise<string | null> => {
  try {
    const value = await run();
    const text = JSON.stringify(value);
    return isMarked(value) || looksLikeError.test(text) ? text : null;
  } catch (error) {
    const { message, code, status, cause } = error as Error & Record<string, unknown>;
    return [message, code, status, cause].join(' ');
  }
};

/** A list of words behind an is-it-an-error gate: the same fixes as with healflow, and then a retry. */
export const withKeywords: Run = async (scenarios) => {
  const workshop = new Workshop();
  return pooled(scenarios, async (scenario) => {
    const tool = workshop.tool(scenario);
    let text = await errorWords(tool.run);
    while (text !== null && tool.attempts < attempts) {
      const words = text;
      const fix = keywords.find(([expression]) => expression.test(words))?.[1];
      if (fix === undefined) break;
      if (fix !== 'wait') workshop.repair(fix);
      text = await errorWords(tool.run);
    }
    return { scenario, observed: { ok: tool.succeeded, status: null, effects: tool.effects } };
  });
};
