import { describe, expect, it, vi } from 'vitest';
import { QuestionWorld, yes } from '../mcp/ways/question-world.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';

vi.setConfig({ testTimeout: 300_000 });

const web = { name: 'k8s_get', arguments: { name: 'web' } };
const failure = 'error: You must be logged in to the server (Unauthorized)';

describe.skipIf(skipWithoutDatabases())('a client of the stateless protocol, and a fix of a fleet', () => {
  const running = useFleetServer();
  let names = 0;

  /** A fix of its own for each test, on any number of machines. */
  const startWorld = (more: object = {}) => {
    names += 1;
    const world = new QuestionWorld({
      config: { fleet: { urlEnv: 'FLEET_URL' } },
      env: { FLEET_URL: running.pooler.url() },
    });
    const share = { fleet: `login-${names}`, ...more };
    const machine = (name: string) => world.config(name, { fix: { share }, stateDir: name });
    return { world, machine };
  };
  const rows = (sql: string, role = 'fleet_approver') =>
    withClient(running.server.url(role, 'fleet'), async (client) => (await client.query(sql)).rows);
  const decide = async (isApproved: boolean): Promise<void> => {
    await rows(
      `select healflow.decide_approval(id, ${isApproved}, null) from healflow.approvals where state = 'pending'`,
    );
  };

  it('goes on with the decision of its user on another machine of the space, and on none of another space', async () => {
    const { world, machine } = startWorld();
    await using _ = world;
    const a = await world.connect('stdio to stdio', () => yes, machine('a'));
    const { requestState } = await a.callOnce(web);
    expect(requestState).toMatch(/^healflow1\.f\./);
    await withClient(running.server.url('postgres', 'fleet'), async (client) => {
      await client.query("create role other_app login; select healflow.admit('other_app', 'other')");
    });
    const elsewhere = { FLEET_URL: running.server.url('other_app', 'fleet') };
    const c = await world.connect('HTTP to stdio', () => yes, machine('c'), elsewhere);
    await expect(c.comeBack(requestState)).rejects.toMatchObject({ code: -32_602 });
    expect(world.logins).toEqual([]);
    const b = await world.connect('HTTP to stdio', () => yes, machine('b'));
    expect(await b.comeBack(requestState)).toMatchObject({ content: [{ text: 'done: web' }] });
    expect(world.logins).toHaveLength(1);
    await expect(a.comeBack(requestState)).rejects.toThrow('has been used');
    expect(await rows('select id from healflow.approvals')).toEqual([]);
  });

  it('waits for an approver, and goes on in any process once the approver has agreed', async () => {
    const { world, machine } = startWorld({ approval: 'approvers' });
    await using _ = world;
    const a = await world.connect('stdio to stdio', () => yes, machine('a'));
    const asking = await a.callOnce(web);
    const [{ id }] = (await rows("select id from healflow.approvals where state = 'pending'")) as [{ id: string }];
    expect(JSON.stringify(asking.inputRequests)).toContain(
      `An approver of the fleet decides about it (question ${id})`,
    );
    // Its user alone decides nothing.
    const second = await a.comeBack(asking.requestState);
    expect(second).toMatchObject({
      resultType: 'input_required',
      requestState: expect.stringMatching(/^healflow1\.f\./),
    });
    expect(world.logins).toEqual([]);
    await a.client.close();
    await decide(true);
    const b = await world.connect('HTTP to stdio', () => yes, machine('b'));
    expect(await b.comeBack(second.requestState)).toMatchObject({
      content: [{ text: 'done: web' }],
      _meta: { 'healflow/run': { outcome: 'healed' } },
    });
    expect(world.logins).toHaveLength(1);
    expect(await rows(`select state from healflow.approvals where id = '${id}'`)).toEqual([{ state: 'used' }]);
  });

  it('gets the failure if its user gives up, or the approver says no', async () => {
    const { world, machine } = startWorld({ approval: 'approvers' });
    await using _ = world;
    const a = await world.connect('stdio to stdio', () => yes, machine('a'));
    const first = await a.callOnce(web);
    const inputResponses = { healflow_approval: { action: 'cancel' } };
    expect(await a.comeBack(first.requestState, { inputResponses })).toMatchObject({
      content: [{ text: failure }],
      _meta: { 'healflow/run': { approval: 'pending' } },
    });
    const again = await a.callOnce(web);
    await decide(false);
    const refused = await a.comeBack(again.requestState);
    expect(refused).toMatchObject({ content: [{ text: failure }], isError: true });
    expect(JSON.stringify(refused._meta)).toContain('was denied by fleet_approver');
    expect(world.logins).toEqual([]);
  });

  it('that shows no forms comes back by itself, and finds the decision', async () => {
    const { world, machine } = startWorld();
    await using _ = world;
    const a = await world.connect('stdio to stdio', undefined, machine('a'));
    const asking = await a.callOnce(web);
    expect(asking).toMatchObject({ resultType: 'input_required', inputRequests: {} });
    expect(asking.requestState).toMatch(/^healflow1\.f\./);
    const called = a.client.callTool(web);
    await vi.waitFor(() => expect(world.calls).toHaveLength(2), { timeout: 60_000 });
    await decide(true);
    expect(await called).toMatchObject({ content: [{ text: 'done: web' }] });
    expect(world.logins).toHaveLength(1);
  });
});
