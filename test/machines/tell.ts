import type { HealingMachine, HealingOutput } from '../../machines/index.ts';
import { type Recording, record } from './record.ts';
import { type Answer, broken, type Story } from './stories.ts';

const statesOf = ({ arrows }: Recording): string =>
  arrows
    .map((one) => one.split(' → ')[0])
    .slice(1)
    .join(' ');

/** Nothing that a story tells of takes time, so a run that has not ended after some turns never will. */
const stuck = async (): Promise<Error> => {
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
  return new Error('it did not end');
};

/** The same thing: one object, or plain wrappers around the same objects. */
const same = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((part, index) => same(part, other[index]));
  }
  return false;
};

const sameSettled = (one: object, other: object): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([key, value]) => Object.is(value, (other as Record<string, unknown>)[key]));

/** Tells one story to a machine; resolves with what went otherwise, or nothing. */
export const tell = async (machine: HealingMachine, story: Story): Promise<string[]> => {
  const { kind = 'destructive', maxAttempts = 3, healForNextCall, attempts, decisions = [], fixes = [] } = story;
  const unexpected = (service: string) => new Error(`an unexpected call of ${service}`);
  const attempted: number[] = [];
  const asked: unknown[] = [];
  const answers = <T>(script: readonly Answer<T>[], service: string) => {
    const rest = [...script];
    return (): T => {
      const answer = rest.shift() ?? unexpected(service);
      if (answer instanceof Error) throw answer;
      return answer;
    };
  };
  const [attempt, planFix, applyFix] = [
    answers(attempts, 'attemptTool'),
    answers(decisions, 'planFix'),
    answers(fixes, 'applyFix'),
  ];
  const run = record(
    machine,
    { runId: 'run-1', tool: 'k8s_get_pods', kind, maxAttempts, healForNextCall },
    {
      attemptTool: (input) => {
        attempted.push(input.attempt);
        return attempt();
      },
      planFix: (input) => {
        const given = attempts[input.attempt - 1];
        const settled = given instanceof Error ? { ok: false, thrown: true, error: given } : given?.settled;
        asked.push(
          input.attempt === attempted.length &&
            settled &&
            sameSettled(input.settled, settled) &&
            input.maxAttempts === maxAttempts,
          Object.is(input.diagnosis, given instanceof Error ? null : given?.diagnosis),
          input.fixes.length === input.attempt - 1,
        );
        return planFix();
      },
      applyFix: (input) => {
        const planned = decisions[input.attempt - 1];
        asked.push(
          planned && !(planned instanceof Error) && planned.plan.action === 'fix' && planned.plan.fix === input.fix,
          planned && !(planned instanceof Error) && planned.diagnosis === input.diagnosis,
          input.attempt === attempted.length,
        );
        return applyFix();
      },
    },
  );
  const output = await Promise.race([run.output, stuck()]).catch((error: unknown) => error as Error);
  if (output instanceof Error) return [`the run broke: ${output.message}`];
  const differences: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (!same(wanted, got)) differences.push(`${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
  };
  expect('states', story.states, statesOf(run));
  expect(
    'numbers of the attempts',
    attempts.map((_, index) => index + 1),
    attempted,
  );
  expect(
    'inputs of the services',
    asked.map(() => true),
    asked,
  );
  expect('broken services', story.broken ?? '', run.broken.map(({ service }) => service).join(' '));
  expect(
    'causes of broken services',
    run.broken.map(() => broken),
    run.broken.map(({ error }) => error),
  );
  for (const [key, wanted] of Object.entries({ kind, runId: 'run-1', tool: 'k8s_get_pods', ...story.output })) {
    const got = output[key as keyof HealingOutput];
    if (key === 'refusal') expect(key, wanted, output.refusal?.code ?? null);
    else if (key === 'settled' && !sameSettled(wanted as object, output.settled)) expect(key, wanted, got);
    else if (key !== 'settled') expect(key, wanted, got);
  }
  expect('events logged', 1, run.logged.length);
  for (const [key, value] of Object.entries(run.logged[0] ?? {}))
    expect(`logged ${key}`, output[key as keyof HealingOutput], value);
  return differences;
};
