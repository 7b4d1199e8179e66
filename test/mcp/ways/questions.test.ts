import { describe, expect, it, vi } from 'vitest';
import { QuestionWorld, yes } from './question-world.ts';
import { ways } from './ways.ts';

vi.setConfig({ testTimeout: 60_000 });

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
