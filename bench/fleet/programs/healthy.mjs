// Times a healthy call and a healing whose fix is shared on this machine alone, in healers with and without a fleet, in turn.
// Arguments, as JSON: a folder, the numbers of rounds. Prints the times of each in ns and ms, as JSON. The URL is in FLEET_URL.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHealer } from '../../../dist/src/index.js';
import { inTurn } from '../../harness/in-turn.mjs';

const { folder, callRounds, healingRounds } = JSON.parse(process.argv[2]);
const callsOfRound = 20_000;

const make = (name, more) => {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  const fix = { command: ['true'], cooldownMs: 0, budget: { runs: 1_000, windowMs: 1_000 } };
  const config = {
    stateDir: join(cwd, 'state'),
    memoryDir: join(cwd, 'memory'),
    breaker: { failures: 1_000_000 },
    fixes: { token_refresh: fix },
    ...more,
  };
  return createHealer({ cwd, config });
};

const healers = {
  without: await make('without', {}),
  with: await make('with', { fleet: { urlEnv: 'FLEET_URL' } }),
};
const value = { pods: ['web'] };
const healthy = async () => value;

const timeCalls = async (healer) => {
  const began = performance.now();
  for (let call = 0; call < callsOfRound; call += 1) await healer.run('tool', healthy);
  return ((performance.now() - began) * 1e6) / callsOfRound;
};

const timeHealing = async (healer) => {
  let calls = 0;
  const began = performance.now();
  const { status } = await healer.runOutcome('tool', async () => {
    calls += 1;
    if (calls === 1) throw new Error('401 Unauthorized');
    return value;
  });
  const ms = performance.now() - began;
  if (status !== 'healed') throw new Error(`the call ended as ${status}`);
  return ms;
};

const calls = await inTurn(healers, callRounds, timeCalls, { warmUps: 5 });
const healings = await inTurn(healers, healingRounds, timeHealing, { warmUps: 5 });
console.log(JSON.stringify({ calls, healings }));
await Promise.all(Object.values(healers).map((healer) => healer.close()));
