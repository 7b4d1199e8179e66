import { describe, expect, it } from 'vitest';
import { createActor, toPromise, waitFor } from 'xstate';
import {
  type ApplyFixInput,
  type AttemptInput,
  type AttemptResult,
  type FixResult,
  fromService,
  healingMachine,
} from '../../machines/index.ts';
import { record } from './record.ts';
import { diagnosis, ended, plans, threw, went } from './samples.ts';
import { stories } from './stories.ts';
import { tell } from './tell.ts';

const expired = diagnosis('token_expired');
const input = { runId: 'run-1', tool: 'k8s_get_pods', kind: 'read-only', maxAttempts: 3 } as const;

describe('a run goes as told', () => {
  it.each(stories)('$title', async (story) => {
    expect(await tell(healingMachine, story)).toEqual([]);
  });
});

describe('healingMachine', () => {
  it('logs what it puts out, once, and before it ends', async () => {
    const seen: string[] = [];
    const run = record(healingMachine, input, {
      attemptTool: ({ attempt }) => (attempt === 1 ? threw(new Error('Unauthorized'), expired) : went('pods')),
      planFix: () => plans(expired, 'token_refresh'),
      applyFix: () => ended('token_refresh', 'succeeded'),
      log: () => void seen.push('logged'),
    });
    const output = await run.output.finally(() => seen.push('ended'));
    expect(seen).toEqual(['logged', 'ended']);
    expect(run.logged).toEqual([output]);
  });

  it('turns a run into an error when the log throws, so a log must not', async () => {
    const full = new Error('the disk is full');
    const run = record(healingMachine, input, {
      attemptTool: () => went('pods'),
      planFix: () => plans(expired, 'token_refresh'),
      applyFix: () => ended('token_refresh', 'succeeded'),
      log: () => {
        throw full;
      },
    });
    await expect(run.output).rejects.toBe(full);
  });

  it('says which service was not provided, and ends all the same', async () => {
    const broken: unknown[] = [];
    const provided = healingMachine.provide({ actions: { reportBroken: (_, report) => void broken.push(report) } });
    const output = await toPromise(createActor(provided, { input }).start());
    expect(output.settled).toMatchObject({ ok: false, thrown: true });
    expect(broken).toMatchObject([
      { service: 'attemptTool', error: { message: 'The service attemptTool was not provided.' } },
      { service: 'planFix', error: { message: 'The service planFix was not provided.' } },
    ]);
  });

  it('keeps runs apart that share one provided machine', async () => {
    const provided = healingMachine.provide({
      actors: {
        attemptTool: fromService<AttemptResult, AttemptInput>(async ({ input: { tool, attempt } }) =>
          attempt === 1 ? threw(new Error(tool), expired) : went(tool),
        ),
        planFix: fromService(() => plans(expired, 'token_refresh')),
        applyFix: fromService(() => ended('token_refresh', 'succeeded')),
      },
    });
    const tools = Array.from({ length: 20 }, (_, index) => `tool-${index}`);
    const outputs = await Promise.all(
      tools.map((tool) => toPromise(createActor(provided, { input: { ...input, tool } }).start())),
    );
    expect(outputs.map(({ settled }) => settled)).toEqual(tools.map((value) => ({ ok: true, value })));
  });

  it('can be stopped in the middle: the running service is told by its signal', async () => {
    let signal: AbortSignal | undefined;
    const provided = healingMachine.provide({
      actors: {
        attemptTool: fromService(() => threw(new Error('Unauthorized'), expired)),
        planFix: fromService(() => plans(expired, 'token_refresh')),
        applyFix: fromService<FixResult, ApplyFixInput>((call) => {
          signal = call.signal;
          return new Promise(() => {});
        }),
      },
    });
    const actor = createActor(provided, { input }).start();
    await waitFor(actor, (snapshot) => snapshot.matches('ApplyingFix'));
    expect(signal?.aborted).toBe(false);
    actor.stop();
    expect(signal?.aborted).toBe(true);
  });
});
