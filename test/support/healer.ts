import { configSchema } from '../../src/config/schema.ts';
import { createDiagnoseAttempt } from '../../src/healer/diagnose-attempt.ts';
import { assembleEngine, type EngineParts } from '../../src/healer/engine.ts';
import type { InternalHealer } from '../../src/healer/healer.ts';
import { safeInspect, safeObserver } from '../../src/healer/observer.ts';
import type { HealerParts } from '../../src/healer/parts.ts';
import { makeHealer } from '../../src/healer/tool-healer.ts';
import { Limits } from '../../src/limits/limits.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Fix, FixReport, FixRequest, FixStatus } from '../../src/model/fix.ts';
import type { RunReport } from '../../src/model/run.ts';
import type { FixName } from '../../src/model/terms.ts';
import { FakeClock } from './fake-clock.ts';

/** A diagnosis of an expired token, or of whatever the overrides make of it. */
export const diagnosisOf = (more: Partial<Diagnosis> = {}): Diagnosis => ({
  failure: true,
  class: 'auth',
  subclass: 'token_expired',
  pattern: 'test.auth',
  fixes: ['token_refresh'],
  evidence: 'Unauthorized',
  summary: 'Unauthorized',
  situation: 'unauthenticated',
  phase: 'before_effect',
  grade: 'proof',
  remainder: null,
  delivered: 'no',
  deliveredBecause: 'the request was turned away',
  retryAfterMs: null,
  ...more,
});

/** A request for a fix, made at the first attempt of a run. */
export const fixRequest = (changes: Partial<FixRequest> = {}): FixRequest => ({
  runId: '0123456789abcdef',
  tool: 'tool',
  args: {},
  diagnosis: diagnosisOf(),
  attempt: 1,
  signal: new AbortController().signal,
  remainingMs: 45_000,
  ...changes,
});

/** A fix that ends as the test says and counts its runs. */
export const scriptedFix = (name: FixName, ...ends: (FixStatus | ((fix: Fix) => Promise<FixReport>))[]) => {
  let runs = 0;
  const fix: Fix & { readonly runs: number } = {
    name,
    key: `host:${name}:default`,
    description: name,
    get runs() {
      return runs;
    },
    run: async () => {
      const end = ends[Math.min(runs++, ends.length - 1)] ?? 'succeeded';
      return typeof end === 'function' ? end(fix) : { fix: name, status: end, reason: end, durationMs: 0 };
    },
  };
  return fix;
};

/** What an error that a test throws is recognised as: its `diagnosis`, else an expired token. */
export class ScriptedError extends Error {
  readonly diagnosis: Diagnosis;

  constructor(more: Partial<Diagnosis> = {}) {
    super(more.summary ?? 'Unauthorized');
    this.diagnosis = diagnosisOf(more);
  }
}

export interface TestHealer {
  readonly healer: InternalHealer;
  readonly clock: FakeClock;
  readonly records: RunReport[];
  readonly healthy: string[];
  readonly warnings: string[];
}

/** A healer over scripted parts: `fixes` are what is configured, `isError` values and thrown errors are failures. */
export const testHealer = (
  fixes: readonly Fix[] = [scriptedFix('token_refresh')],
  { limits = new Limits(configSchema.parse({})), ...more }: Partial<HealerParts & EngineParts> = {},
): TestHealer => {
  const clock = new FakeClock();
  const records: RunReport[] = [];
  const healthy: string[] = [];
  const warnings: string[] = [];
  const isErrorShaped = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && 'isError' in value && value.isError === true;
  const selectFix: EngineParts['selectFix'] = (name) =>
    fixes.find((fix) => fix.name === name) ?? { code: 'FIX_NOT_CONFIGURED', reason: `${name} is not configured` };
  let seed = 1;
  const given: Omit<HealerParts, 'diagnoseAttempt'> = {
    clock,
    random: () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    },
    attempts: 3,
    healForNextCall: false,
    deadlineMs: 45_000,
    toolRules: () => ({ kind: null, replay: 'safe', reports: null, isStrict: false, upstream: 'default' }),
    looksHealthy: (value) => !isErrorShaped(value),
    diagnose: ({ error }) => (error instanceof ScriptedError ? error.diagnosis : diagnosisOf()),
    loadEngine: async (log) =>
      assembleEngine(parts, { limits, selectFix, pauses: { baseMs: 200, maxMs: 5_000 }, ...more }, log),
    countHealthy: (tool) => healthy.push(tool),
    recordHealthy: false,
    watch: { open: 0, isOpen: () => false, succeeded() {}, stillFails() {}, ran() {} },
    record: (report) => records.push(report),
    warn: (message) => warnings.push(message),
    inspect: undefined,
    close: () => {},
    ...more,
  };
  const parts: HealerParts = {
    ...given,
    diagnoseAttempt: createDiagnoseAttempt(given),
    inspect: safeInspect(given.inspect, given.warn),
    observer: given.observer && safeObserver(given.observer, given.warn),
  };
  const healer = makeHealer(parts);
  return { healer, clock, records, healthy, warnings };
};
