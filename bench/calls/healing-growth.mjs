// The cost of one healing as other things grow; prints medians in us as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTurn, summarize } from '../harness/in-turn.mjs';
import { median } from '../harness/numbers.mjs';
import { config, fix, heal, healerIn, tool } from './subjects.mjs';

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
let created = 0;
const healers = [];
const healer = async (more) => {
  created += 1;
  const one = await healerIn(join(folder, `${created}`), more);
  healers.push(one);
  return one;
};

const timed = async (work) => {
  await nextTurn();
  const began = performance.now();
  await work();
  return (performance.now() - began) * 1_000;
};

/** The medians of all subjects, one after the other in every round. */
const compared = async (rounds, subjects) => {
  const cost = async ({ of, work }) => (await timed(work)) / of;
  return summarize(await inTurn(subjects, rounds, cost, { warmUps: rounds / 5 }), median);
};

const together = (subject, of, optionsOf) => ({
  of,
  work: () => Promise.all(Array.from({ length: of }, (_, number) => heal(subject, optionsOf(number)))),
});
const alone = (subject) => ({ of: 1, work: () => heal(subject) });

const ownFix = { kube_login: { ...fix, target: ({ args }) => `cluster-${args.number}` } };
const [shared, own] = [await healer(), await healer({ fixes: ownFix })];
const withTools = (count) => {
  const other = (number) => [`another_tool_${number}`, { kind: 'read-only' }];
  const tools = Object.fromEntries([...Array.from({ length: count - 1 }, (_, number) => other(number)), [tool, {}]]);
  return healer({ config: { ...config, tools } });
};

await compared(400, { warm: alone(shared) });
/** Separately, because a hundred at once leave so much garbage that the next subject pays for it. */
const atOnce = async (subject, optionsOf) => {
  const seen = {};
  for (const of of [1, 10, 100])
    Object.assign(seen, await compared(800 / of, { [of]: together(subject, of, optionsOf) }));
  return seen;
};
const atOnceShared = await atOnce(shared, () => ({}));
const atOnceOwn = await atOnce(own, (number) => ({ args: { number } }));
const tools = await compared(400, {
  10: alone(await withTools(10)),
  100: alone(await withTools(100)),
  1000: alone(await withTools(1_000)),
});

// Healers with earlier healings, in turn.
const past = {};
for (const before of [10, 1_000, 10_000]) {
  const subject = await healer();
  for (let count = 0; count < before; count += 1) await heal(subject);
  past[before] = alone(subject);
}
const earlier = await compared(400, past);

console.log(JSON.stringify({ atOnceShared, atOnceOwn, tools, earlier }));
for (const one of healers) await one.close();
rmSync(folder, { recursive: true, force: true });
