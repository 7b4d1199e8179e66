import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallQuestion } from '../../../src/mcp/healing/call-question.ts';
import type { RunReport } from '../../../src/model/run.ts';
import { MachineStateKeys } from '../../../src/sharing/machine-state-keys.ts';
import { RequestStates } from '../../../src/sharing/request-states.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder = '';
let clock: FakeClock;
let warnings: string[] = [];
/** The time that each use of the keys was given, in ms. */
let limits: (number | undefined)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-call-question-'));
  clock = new FakeClock();
  warnings = [];
  limits = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fixDigest = 'digest-of-the-fix';
const diagnosis = {
  ...{ failure: true, class: 'auth', subclass: null, pattern: 'k8s.login', fixes: ['kube_login'], summary: 'no login' },
  ...{ situation: 'rejected', phase: 'before', grade: 'report', delivered: 'no', retryAfterMs: null },
  ...{ evidence: 'seen inside', deliveredBecause: 'because of inside', unreadableRetryAfter: 'inside' },
  remainder: { text: 'more inside', place: 'before' },
};
const run = (attempts = 1): RunReport =>
  ({
    ...{ runId: 'r1', status: 'failed', attempts, diagnosis, lastDiagnosis: diagnosis, fixes: [], durationMs: 1_000 },
    ...{ refusal: { code: 'APPROVAL_PENDING', reason: 'pending' }, advice: null },
  }) as unknown as RunReport;
const failure = { value: { isError: true } };

const question = (state?: string, { response, stateDir = folder }: { response?: unknown; stateDir?: string } = {}) => {
  const states = new RequestStates({ machine: new MachineStateKeys({ stateDir, clock }), fleet: undefined });
  const questions = {
    sign: (...args: Parameters<RequestStates['sign']>) => {
      limits.push(args[3]);
      return states.sign(...args);
    },
    open: (...args: Parameters<RequestStates['open']>) => {
      limits.push(args[2]);
      return states.open(...args);
    },
    see: async () => undefined,
    digestOfFix: async () => fixDigest,
    deadlineOf: () => 45_000,
    warn: (message: string) => warnings.push(message),
    clock,
  };
  const returned = state === undefined ? undefined : { state, response };
  const made = new CallQuestion(questions, { tool: 'get', args: {}, digest: () => 'call', canAsk: true, returned });
  const asked = { fix: 'kube_login' as const, digest: fixDigest, text: 'Allow?', isFleetWide: false };
  made.deferral.question = asked;
  return made;
};
const { signal } = new AbortController();
const stateOf = (result: object | undefined): string => String((result as { requestState?: string })?.requestState);
const contentOf = (state: string): Record<string, unknown> & { expiresAt: number; content: Record<string, unknown> } =>
  JSON.parse(Buffer.from(state.split('.')[2] ?? '', 'base64url').toString());

it('tells the client neither the digest of the fix nor texts of the diagnosis', async () => {
  const state = stateOf(await question().ask(run(), () => failure));
  const text = JSON.stringify(contentOf(state));
  expect(text).not.toContain(fixDigest);
  expect(text).not.toContain('inside');
  const resumed = await question(state, { response: { action: 'accept', content: { confirm: true } } }).resume(signal);
  expect(resumed).toMatchObject({
    kind: 'heal',
    failure,
    diagnosis: { class: 'auth', remainder: { place: 'before' } },
  });
});

it('ends with the first question, however often the client comes back', async () => {
  let state = stateOf(await question().ask(run(), () => failure));
  const end = contentOf(state).expiresAt;
  for (let round = 2; round <= 9; round += 1) {
    await clock.advance(60_000);
    const resumed = await question(state).resume(signal);
    if (resumed.kind !== 'ask') throw new Error(resumed.kind);
    state = stateOf(resumed.result);
    expect(contentOf(state)).toMatchObject({ content: { round, failedAgoMs: 1_000 + (round - 1) * 60_000 } });
    expect(contentOf(state).expiresAt).toBe(end);
  }
  expect(await question(state).resume(signal)).toEqual({ kind: 'ended', failure });
});

it('goes on with the end and the round if a call that was resumed asks again', async () => {
  const first = stateOf(await question().ask(run(), () => failure));
  await clock.advance(60_000);
  const resumed = question(first, { response: { action: 'accept', content: { confirm: true } } });
  await resumed.resume(signal);
  const second = contentOf(stateOf(await resumed.ask(run(), () => failure)));
  expect(second).toMatchObject({ expiresAt: contentOf(first).expiresAt, content: { round: 2, failedAgoMs: 61_000 } });
  const retried = contentOf(stateOf(await resumed.ask(run(2), () => failure)));
  expect(retried.content.failedAgoMs).toBe(1_000);
});

it('asks nothing if the failure cannot travel, and says why on stderr only', async () => {
  expect(await question().ask(run(), () => ({ value: 1n }))).toBeUndefined();
  expect(
    await question().ask(run(), () => {
      throw new Error('odd');
    }),
  ).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining('BigInt'), 'a question of get: odd']);
});

it('lets the keys take no longer than the call has left', async () => {
  const asking = question();
  await clock.advance(15_000);
  const state = stateOf(await asking.ask(run(), () => failure));
  const returned = question(state);
  await clock.advance(5_000);
  await returned.resume(signal);
  expect(limits).toEqual([30_000, 40_000, 40_000]);
});

it('keeps the cause from the client if a state cannot be checked', async () => {
  const state = stateOf(await question().ask(run(), () => failure));
  const stateDir = join(folder, 'requests', 'key', 'below');
  const resumed = await question(state, { stateDir }).resume(signal);
  expect(resumed).toEqual({
    ...{ kind: 'refused', code: -32_603 },
    message: 'healflow: this requestState cannot be checked now: try again later',
  });
  expect(warnings).toEqual([expect.stringContaining(folder)]);
});
