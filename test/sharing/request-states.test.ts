import { createHmac } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MachineStateKeys } from '../../src/sharing/machine-state-keys.ts';
import { RequestStates, type StateKeys } from '../../src/sharing/request-states.ts';
import { FakeClock } from '../support/fake-clock.ts';

let folder = '';
let clock: FakeClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-states-'));
  clock = new FakeClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The keys of one process; all of the same machine share a folder. */
const keys = (stateDir = join(folder, 'state')) => new MachineStateKeys({ stateDir, clock });
const machine = (stateDir?: string) => new RequestStates({ machine: keys(stateDir), fleet: undefined });
const fits = () => null;
const outcomeOf = (opened: Promise<unknown>): Promise<string> =>
  opened.then(
    () => 'opened',
    (error: { kind: string; message: string }) => `${error.kind}: ${error.message}`,
  );
const body = (state: string): { content: { a: unknown } } =>
  JSON.parse(Buffer.from(state.split('.')[2] ?? '', 'base64url').toString());

describe('a state that travels through a client', () => {
  it('is accepted by another process of the machine, with its content and its age', async () => {
    const state = await machine().sign({ a: 1 }, 10_000, false);
    await clock.advance(2_000);
    expect(await machine().open(state, fits)).toEqual({ content: { a: 1 }, ageMs: 2_000, leftMs: 8_000 });
  });

  it('is accepted once, by 50 processes at the same time', async () => {
    const state = await machine().sign({ a: 1 }, 10_000, false);
    const all = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(machine().open(state, fits))));
    expect(all.filter((outcome) => outcome === 'opened')).toHaveLength(1);
    expect(all.filter((outcome) => outcome.startsWith('used: '))).toHaveLength(49);
  });

  it('is refused once it has expired, and is not used up before', async () => {
    const state = await machine().sign({ a: 1 }, 10_000, false);
    await clock.advance(9_999);
    expect(await outcomeOf(machine().open(state, () => 'it is of another call'))).toMatch(/^invalid: .*another call/);
    await clock.advance(1);
    expect(await outcomeOf(machine().open(state, fits))).toMatch(/^expired: /);
  });

  it('is refused if any character was changed', async () => {
    const state = await machine().sign({ a: 1 }, 10_000, false);
    const other = (character: string | undefined): string => (character === 'A' ? 'B' : 'A');
    // The last character of a signature has bits that count for nothing.
    for (let at = 'healflow1.m.'.length; at < state.length - 1; at += 1) {
      const changed = `${state.slice(0, at)}${other(state[at])}${state.slice(at + 1)}`;
      if (state[at] === '.') continue;
      expect(await outcomeOf(machine().open(changed, fits))).toMatch(/^invalid: /);
    }
    expect(await outcomeOf(machine().open(state, fits))).toBe('opened');
  });

  it.each([
    ['cut off', (state: string) => state.slice(0, -10)],
    ['without a signature', (state: string) => `${state.slice(0, state.lastIndexOf('.'))}.`],
    ['with more behind it', (state: string) => `${state}.x`],
    [
      'with the signature of another state',
      (state: string, other: string) => state.slice(0, state.lastIndexOf('.')) + other.slice(other.lastIndexOf('.')),
    ],
    ['as one of a fleet', (state: string) => state.replace('healflow1.m.', 'healflow1.f.')],
    ['of an unknown kind', (state: string) => state.replace('healflow1.m.', 'healflow1.x.')],
    ['empty', () => ''],
    [
      'signed with a guessed key',
      (state: string) => {
        const text = state.slice(0, state.lastIndexOf('.'));
        return `${text}.${createHmac('sha256', Buffer.alloc(32)).update(text).digest('base64url')}`;
      },
    ],
  ])('is refused %s', async (_how, change) => {
    const [state, other] = [
      await machine().sign({ a: 1 }, 10_000, false),
      await machine().sign({ a: 2 }, 10_000, false),
    ];
    expect(await outcomeOf(machine().open(change(state, other), fits))).toMatch(/^invalid: /);
  });

  it('is refused on another machine', async () => {
    const state = await machine().sign({ a: 1 }, 10_000, false);
    expect(await outcomeOf(machine(join(folder, 'other')).open(state, fits))).toMatch(/^invalid: .*another key/);
  });

  it('can be read by the client: it holds nothing that the client may not know', async () => {
    expect(body(await machine().sign({ a: 'text' }, 10_000, false)).content).toEqual({ a: 'text' });
  });
});

describe('a digest in a state', () => {
  it('is hidden by the key that signs: the same on this machine, another one elsewhere', async () => {
    const state = await machine().sign((hide) => ({ a: hide('digest') }), 10_000, false);
    const [one, other] = [
      body(state).content.a,
      await machine(join(folder, 'other')).sign((hide) => ({ a: hide('digest') }), 10_000, false),
    ];
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(body(other).content.a).not.toBe(one);
    const opened = machine().open(state, ({ a }, hide) => (a === hide('digest') && a !== hide('other') ? null : 'no'));
    expect(await outcomeOf(opened)).toBe('opened');
  });
});

describe('the key of a machine', () => {
  it('is made once by 20 processes at the same time, for this user alone', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => keys().read()));
    expect(new Set(all.map(({ key }) => key.toString('hex'))).size).toBe(1);
    const path = join(folder, 'state/requests/key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'state/requests'))).toEqual(['key']);
  });

  it('is not used if others can read it, or if it is damaged', async () => {
    await keys().read();
    const path = join(folder, 'state/requests/key');
    const whole = readFileSync(path, 'utf8');
    chmodSync(path, 0o644);
    await expect(keys().read()).rejects.toThrow('others can open it (mode 644)');
    chmodSync(path, 0o600);
    writeFileSync(path, whole.slice(0, 20));
    await expect(keys().read()).rejects.toThrow('is damaged');
  });

  it('keeps the marks of used states as long as they count', async () => {
    const states = machine();
    for (let count = 0; count < 3; count += 1) await states.open(await states.sign({ count }, 60_000, false), fits);
    expect(readdirSync(join(folder, 'state/requests'))).toHaveLength(4);
    await clock.advance(25 * 3_600_000);
    await states.open(await states.sign({}, 60_000, false), fits);
    expect(readdirSync(join(folder, 'state/requests'))).toHaveLength(2);
  });

  it('looks for old marks at most once an hour', async () => {
    const states = machine();
    await states.open(await states.sign({}, 60_000, false), fits);
    const old = join(folder, 'state/requests', '1.ab.used');
    writeFileSync(old, '');
    await clock.advance(3_599_000);
    await states.open(await states.sign({}, 60_000, false), fits);
    expect(existsSync(old)).toBe(true);
    await clock.advance(1_000);
    await states.open(await states.sign({}, 60_000, false), fits);
    expect(existsSync(old)).toBe(false);
  });
});

describe('a state of a fleet', () => {
  /** Keys of a space, in memory. */
  const spaceKeys = (key: string): StateKeys & { isLost: boolean } => {
    const used = new Set<string>();
    const own = {
      isLost: false,
      read: async () => {
        if (own.isLost) throw new Error('connect ECONNREFUSED');
        return { key: Buffer.from(key.padEnd(32)), now: clock.now() };
      },
      use: async (id: string) => {
        if (own.isLost) throw new Error('connect ECONNREFUSED');
        const outcome = used.has(id) ? ('used' as const) : ('first' as const);
        used.add(id);
        return outcome;
      },
    };
    return own;
  };
  const member = (fleet: StateKeys, name: string) => new RequestStates({ machine: keys(join(folder, name)), fleet });

  it('is accepted by another machine of the space, and by none of another space', async () => {
    const [team, others] = [spaceKeys('team'), spaceKeys('others')];
    const state = await member(team, 'a').sign({ a: 1 }, 10_000, true);
    expect(await outcomeOf(member(others, 'c').open(state, fits))).toMatch(/^invalid: /);
    expect(await outcomeOf(machine().open(state, fits))).toMatch(/^invalid: it is of a fleet|^invalid: .*of a fleet/);
    expect(await outcomeOf(member(team, 'b').open(state, fits))).toBe('opened');
    expect(await outcomeOf(member(team, 'a').open(state, fits))).toMatch(/^used: /);
  });

  it('is of this machine if the fleet cannot be reached', async () => {
    const team = spaceKeys('team');
    team.isLost = true;
    const state = await member(team, 'a').sign({ a: 1 }, 10_000, true);
    expect(state).toMatch(/^healflow1\.m\./);
    expect(await outcomeOf(member(team, 'a').open(state, fits))).toBe('opened');
  });

  it('is neither accepted nor used up while the fleet cannot be reached', async () => {
    const team = spaceKeys('team');
    const state = await member(team, 'a').sign({ a: 1 }, 10_000, true);
    team.isLost = true;
    const opened = member(team, 'b').open(state, fits);
    expect(await outcomeOf(opened)).toBe('unknown: this requestState cannot be checked now: try again later');
    await expect(opened).rejects.toMatchObject({ cause: { message: 'connect ECONNREFUSED' } });
    team.isLost = false;
    expect(await outcomeOf(member(team, 'b').open(state, fits))).toBe('opened');
  });
});
