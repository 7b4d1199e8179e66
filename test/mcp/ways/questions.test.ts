import { describe, expect, it, vi } from 'vitest';
import { QuestionWorld, yes } from './question-world.ts';
import { ways } from './ways.ts';

vi.setConfig({ testTimeout: 300_000 });

const failure = 'error: You must be logged in to the server (Unauthorized)';

describe.each(ways)('a fix with mode: ask, for a client of the stateless protocol, %s', (way) => {
  it('runs once the user has agreed, and the call is made again', async () => {
    await using world = new QuestionWorld();
    const { call, asked } = await world.connect(way, () => yes);
    expect(await call()).toMatchObject({
      content: [{ text: 'done: web' }],
      _meta: { 'healflow/run': { outcome: 'healed', fixes: ['kube_login: succeeded'] } },
    });
    expect(asked).toEqual([expect.stringContaining('The tool k8s_get has failed')]);
    expect(world.logins).toHaveLength(1);
    expect(world.calls).toEqual(['k8s_get web', 'k8s_get web']);
  });

  it('does not run after a no: the client gets the failure', async () => {
    await using world = new QuestionWorld();
    const { call } = await world.connect(way, () => ({ action: 'decline' }));
    expect(await call()).toMatchObject({ content: [{ text: failure }], isError: true });
    expect(world.logins).toEqual([]);
    expect(world.calls).toEqual(['k8s_get web']);
  });
});

const web = { name: 'k8s_get', arguments: { name: 'web' } };
const codeOf = (got: Promise<unknown>): Promise<unknown> =>
  got.then(
    () => 'accepted',
    ({ code, message }: { code: unknown; message: string }) => `${code} ${message}`,
  );

describe('the state of a question', () => {
  it('is accepted by another process, on another way, once by 50 at the same time', async () => {
    await using world = new QuestionWorld();
    const { callOnce } = await world.connect('stdio to stdio', () => yes);
    const asking = await callOnce(web);
    expect(asking).toMatchObject({
      resultType: 'input_required',
      inputRequests: { healflow_approval: { method: 'elicitation/create' } },
      _meta: { 'healflow/run': { outcome: 'failed', approval: 'pending', fixes: ['kube_login: refused'] } },
    });
    const { comeBack } = await world.connect('HTTP to stdio', () => yes);
    const all = await Promise.all(
      Array.from({ length: 50 }, () =>
        comeBack(asking.requestState).then(
          ({ content }) => content?.[0]?.text,
          ({ message }: Error) => message,
        ),
      ),
    );
    expect(all.filter((text) => text === 'done: web')).toHaveLength(1);
    expect(all.filter((text) => text?.includes('has been used'))).toHaveLength(49);
    expect(world.logins).toHaveLength(1);
    expect(world.calls).toEqual(['k8s_get web', 'k8s_get web']);
  });

  it.each(['stdio to stdio', 'HTTP to HTTP'] as const)(
    'is refused if anything has changed, and nothing runs, %s',
    async (way) => {
      await using world = new QuestionWorld();
      const one = await world.connect(way, () => yes);
      const { requestState = '' } = await one.callOnce(web);
      const changed = world.config('changed', { login: `${world.login()};` });
      const other = await world.connect(way, () => yes, changed);
      expect(await codeOf(other.comeBack(requestState))).toMatch(
        /^-32602 .*kube_login is configured in another way than when it was asked about/,
      );
      expect(await codeOf(one.comeBack(requestState, { arguments: { name: 'db' } }))).toMatch(
        /^-32602 .*other arguments/,
      );
      expect(await codeOf(one.comeBack(requestState, { name: 'k8s_delete' }))).toMatch(/^-32602 .*another tool/);
      const tampered = `${requestState.slice(0, 30)}${requestState[30] === 'A' ? 'B' : 'A'}${requestState.slice(31)}`;
      expect(await codeOf(one.comeBack(tampered))).toMatch(/^-32602 .*it was changed/);
      const foreign = await world.connect(way, () => yes, world.config('foreign', { stateDir: 'other' }));
      expect(await codeOf(foreign.comeBack(requestState))).toMatch(/^-32602 .*another key/);
      expect(world.logins).toEqual([]);
      expect(world.calls).toEqual(['k8s_get web']);
      expect(await one.comeBack(requestState)).toMatchObject({ content: [{ text: 'done: web' }] });
    },
  );

  it('is asked for again if the response to the question is missing', async () => {
    await using world = new QuestionWorld();
    const { callOnce, comeBack } = await world.connect('stdio to stdio', () => yes);
    const first = await callOnce(web);
    const second = await comeBack(first.requestState, { inputResponses: {} });
    expect(second.resultType).toBe('input_required');
    expect(second.requestState).not.toBe(first.requestState);
    expect(await comeBack(second.requestState)).toMatchObject({ content: [{ text: 'done: web' }] });
  });
});

describe('a question is not asked by the response', () => {
  it('if the call may have taken effect, or the client shows no forms: it gets the failure', async () => {
    await using world = new QuestionWorld();
    const { callOnce, asked } = await world.connect('stdio to stdio', () => yes);
    const remove = { name: 'k8s_delete', arguments: { name: 'web' } };
    expect(await callOnce(remove)).toMatchObject({ content: [{ text: failure }], isError: true });
    const plain = await world.connect('stdio to stdio');
    expect(await plain.callOnce(web)).toMatchObject({ content: [{ text: failure }], isError: true });
    expect(asked).toEqual([]);
    expect(world.logins).toEqual([]);
  });
});
