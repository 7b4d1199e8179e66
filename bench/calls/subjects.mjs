import { createActor, fromPromise, toPromise } from 'xstate';
import { fromService, healingMachine } from '../../dist/machines/index.js';
import { systemClock } from '../../dist/src/clock.js';
import { loadConfig } from '../../dist/src/config/load.js';
import { redactorFor } from '../../dist/src/config/redactor.js';
import { makeDiagnoser } from '../../dist/src/diagnosis/diagnoser.js';
import { shippedPatterns } from '../../dist/src/diagnosis/shipped.js';
import { createDiagnoseAttempt } from '../../dist/src/healer/diagnose-attempt.js';
import { createEngine } from '../../dist/src/healer/engine.js';
import { makeHealer } from '../../dist/src/healer/tool-healer.js';
import { createHealer } from '../../dist/src/index.js';
import { createToolRules } from '../../dist/src/policy/tool-rules.js';

export const tool = 'k8s_get_pods';
const unauthorized = new Error('error: You must be logged in to the server (Unauthorized)');
const unknown = new Error('the pod web-7f9c is not what it was');

/** No breaker opens and no fix cools down, regardless of the number of healings. */
export const config = { breaker: { failures: 1_000_000 } };
export const fix = { run: () => undefined, cooldownMs: 0, budget: { runs: 1_000, windowMs: 1 } };

const check = (status, wanted) => {
  if (status !== wanted) throw new Error(`the run ended as ${status}, not ${wanted}`);
};

/** A call that fails once, and is healed by a fix that takes no time. */
export const heal = async (healer, options) => {
  let calls = 0;
  const task = () => {
    calls += 1;
    if (calls === 1) throw unauthorized;
    return 'pods';
  };
  check((await healer.runOutcome(tool, task, options)).status, 'healed');
};

/** A call with a failure that has no fix. */
export const fail = async (healer, options) => {
  const task = () => {
    throw unknown;
  };
  check((await healer.runOutcome(tool, task, options)).status, 'unknown');
};

/** A healer as in use; its log is a file below `memoryDir`. */
export const healerIn = (memoryDir, more = {}) =>
  createHealer({ config, memoryDir, fixes: { kube_login: fix }, ...more });

/** The same healer without a log. There is no option for that, so it is built by hand. */
export const healerWithoutLog = async (record = () => {}) => {
  const { config: whole, baseDir } = await loadConfig({ config, functions: ['kube_login'] });
  const redact = redactorFor(whole, process.env);
  const diagnoser = makeDiagnoser({ redact, own: undefined, shipped: shippedPatterns, now: systemClock.now });
  const own = { clock: systemClock, random: Math.random, warn: console.error };
  const unused = { memoryDir: baseDir, digestArgs: null };
  const fixes = { config: whole, baseDir, redact, env: process.env, functions: { kube_login: fix }, ...own, ...unused };
  const parts = {
    ...own,
    attempts: whole.attempts,
    deadlineMs: whole.deadlineMs,
    toolRules: createToolRules(whole),
    looksHealthy: diagnoser.looksHealthy,
    diagnose: diagnoser.diagnose,
    diagnoseAttempt: createDiagnoseAttempt({ ...diagnoser, warn: own.warn }),
    loadEngine: async (log) => createEngine(parts, fixes, log),
    countHealthy: () => {},
    recordHealthy: false,
    watch: { open: 0, isOpen: () => false, succeeded() {}, stillFails() {}, ran() {} },
    record,
    inspect: undefined,
    close: () => {},
  };
  return makeHealer(parts);
};

const diagnosis = { failure: true, class: 'auth', fixes: ['kube_login'], delivered: 'no' };
const report = { fix: 'kube_login', status: 'succeeded', reason: 'the function ended well', durationMs: 0 };
const services = {
  attemptTool: ({ attempt }) =>
    attempt === 1
      ? { settled: { ok: false, thrown: true, error: unauthorized }, diagnosis, timeLeft: true }
      : { settled: { ok: true, value: 'pods' }, diagnosis: null, timeLeft: true },
  planFix: () => ({ diagnosis, plan: { action: 'fix', fix: { name: 'kube_login' } } }),
  applyFix: () => ({ report, mayRepeat: { allowed: true, code: 'REPEAT_SAFE', reason: '' } }),
};

/** Creates the services of the machine: with XState's own function, and with that of `healflow/machine`. */
export const makers = {
  fromPromise: (service) => fromPromise(async ({ input }) => service(input)),
  fromService: (service) => fromService(({ input }) => service(input)),
};

/** A bare actor in the states of a healed run; its services return at once. */
export const bareActor = (maker) => {
  const actors = Object.fromEntries(Object.entries(services).map(([name, service]) => [name, maker(service)]));
  const machine = healingMachine.provide({ actors });
  let runs = 0;
  return async () => {
    runs += 1;
    const actor = createActor(machine, {
      id: `healing:${tool}:${runs}`,
      input: { runId: `${runs}`, tool, kind: 'unannotated', maxAttempts: 3 },
    });
    const output = toPromise(actor);
    actor.start();
    check((await output).status, 'healed');
  };
};
