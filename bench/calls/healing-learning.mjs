// The cost of learning in one healing and in one failure; prints medians of CPU time in us as JSON. `node healing-learning.mjs ROUNDS`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { approvalsIn } from '../../dist/src/learning/approvals.js';
import { moveLesson, writeLesson } from '../../dist/src/learning/lesson-file.js';
import { lessonSchema } from '../../dist/src/learning/lesson-schema.js';
import { createRedactor } from '../../dist/src/redact/index.js';
import { inTurn, summarize } from '../harness/in-turn.mjs';
import { median } from '../harness/numbers.mjs';
import { config, fail, heal, healerIn } from './subjects.mjs';

const rounds = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const lessons = join(folder, 'lessons');
const stateDir = join(folder, 'state');

/** A lesson at work that matches none of the failures. */
const addLesson = async (number) => {
  const name = `lesson-${number}`;
  const redact = createRedactor();
  const { pattern, fix } = lessonSchema.parse({
    pattern: {
      id: '0123456789abcdef',
      class: 'network',
      text: `tunnel [^ ]+ of office ${number} is stuck`,
      examples: [`error: tunnel alpha of office ${number} is stuck`],
    },
    fix: { run: ['restart-tunnel', 'alpha'] },
    rung: 'proposed',
  });
  await writeLesson(lessons, name, { pattern, fix }, { redact });
  for (const to of ['shadow', 'ask']) {
    await moveLesson(lessons, name, { to, by: 'Ada', at: 0 }, { redact, approvals: approvalsIn(stateDir) });
  }
};
for (let number = 0; number < 10; number += 1) await addLesson(number);

const learning = (dir) => ({ config: { ...config, stateDir, learn: { lessons: dir } } });
const without = await healerIn(join(folder, 'without'), learning(join(folder, 'none')));
const withTen = await healerIn(join(folder, 'with'), learning(lessons));
const args = { namespace: 'web' };
const subjects = {
  healed: () => heal(without, { args }),
  healedWithTen: () => heal(withTen, { args }),
  failed: () => fail(without, { args }),
  failedWithTen: () => fail(withTen, { args }),
};

const costOf = async (work) => {
  await nextTurn();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};
const seen = await inTurn(subjects, rounds, costOf, { warmUps: rounds / 2 });
console.log(JSON.stringify(summarize(seen, median)));
await without.close();
await withTen.close();
rmSync(folder, { recursive: true, force: true });
