import { writeFileSync } from 'node:fs';
import { machine } from './machine.mjs';
import { marksOf, tableOf } from './markdown.mjs';

/** A figure and its bound. */
export const mark = (what, measured, bound) => ({
  what,
  measured,
  ...bound,
  holds: (bound.atMost ?? Infinity) >= measured && (bound.atLeast ?? -Infinity) <= measured,
});

/**
 * Prints the figures of a benchmark and, with `--write`, writes them to a file, from which bench/RESULTS.md is made. The exit
 * code becomes 1 if a mark is missed.
 *
 * @param file Path of the JSON file; harness/page.mjs lists it.
 * @param figures `what` says in one sentence what was measured; `tables` hold `title`, `head` and `rows` of cells;
 *   `marks` come from {@link mark}.
 */
export const report = (file, { what, tables, marks }) => {
  const results = { what, machine: machine(), tables, marks };
  console.log([`${what}\n`, ...tables.map(tableOf), marksOf(marks)].join('\n'));
  if (process.argv.includes('--write')) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  if (marks.some(({ holds }) => !holds)) process.exitCode = 1;
};
