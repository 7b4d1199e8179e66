// The cost of a successful call in ns as tools, rules and earlier calls grow; prints JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from 'mitata';
import { createHealer } from '../../dist/src/index.js';
import { inTurn, summarize } from '../harness/in-turn.mjs';
import { median } from '../harness/numbers.mjs';

const rounds = 5;
const memoryDir = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const namesOf = (count) => Array.from({ length: count }, (_, number) => `tool_${number}`);
const tool = async () => ({ pods: 42 });

const healerWith = (rules) =>
  createHealer({
    config: { tools: Object.fromEntries(namesOf(rules).map((name) => [`${name}*`, { kind: 'read-only' }])) },
    memoryDir,
  });

const subjects = {};
const healers = [];
for (const [title, tools, rules, before] of [
  ['1 tool', 1, 0, 0],
  ['10 tools', 10, 0, 0],
  ['100 tools', 100, 0, 0],
  ['1,000 tools', 1_000, 0, 0],
  ['10 rules for tools', 1, 10, 0],
  ['100 rules for tools', 1, 100, 0],
  ['1,000 rules for tools', 1, 1_000, 0],
  ['after 10,000 calls', 1, 0, 10_000],
  ['after 100,000 calls', 1, 0, 100_000],
  ['after 1,000,000 calls', 1, 0, 1_000_000],
]) {
  const healer = await healerWith(rules);
  healers.push(healer);
  const names = namesOf(tools);
  for (let call = 0; call < before; call += 1) await healer.run(names[call % tools], tool);
  let next = 0;
  subjects[title] = () => {
    next = next + 1 === tools ? 0 : next + 1;
    return healer.run(names[next], tool);
  };
}
const costOf = async (subject) => (await measure(subject, { min_cpu_time: 60e6 })).p50;
const seen = await inTurn(subjects, rounds, costOf, { warmUps: 1 });
for (const healer of healers) await healer.close();
rmSync(memoryDir, { recursive: true, force: true });
console.log(JSON.stringify(summarize(seen, median)));
