// Changes the code in small ways, one at a time, and reports the changes that no test notices.
//   npm run mutate                       every area of scripts/mutation/areas.mjs
//   npm run mutate -- policy limits      these areas
//   npm run mutate -- --incremental      only what an earlier run of this clone does not answer
//   npm run mutate:changed               the lines changed since main, at most 200 lines and 5 minutes
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { areaOf, areas } from './mutation/areas.mjs';
import { changedLines, findBase } from './mutation/changed.mjs';

/** The least share of mutants that the tests must notice, and the number of survivors that a small change may leave. */
const minScore = 90;
const toleratedInChange = 3;
/** A line gives about one mutant, and a mutant takes 0.4 to 1 s. */
const maxChangedLines = 200;
const maxChangedMs = 5 * 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { changed: { type: 'boolean', default: false }, incremental: { type: 'boolean', default: false } },
});

const missing = Object.values(areas).flatMap(({ mutate }) => mutate.filter((path) => !existsSync(path)));
const unknown = positionals.filter((name) => !(name in areas));
if (missing.length > 0 || unknown.length > 0) {
  for (const path of missing) console.error(`scripts/mutation/areas.mjs: ${path} does not exist`);
  for (const name of unknown) console.error(`no area is called ${name}; the areas: ${Object.keys(areas).join(', ')}`);
  process.exit(2);
}

const deadline = values.changed ? Date.now() + maxChangedMs : Number.POSITIVE_INFINITY;
const skipped = [];

/** Ranges by area for the changed lines, up to the limit. */
const changedRanges = () => {
  const base = findBase();
  if (base === undefined) {
    console.log('mutate: this clone has one commit, so there is nothing to compare with');
    return {};
  }
  console.log(`mutate: lines changed since ${base.commit.slice(0, 10)}, ${base.because}`);
  const chosen = {};
  let left = maxChangedLines;
  for (const [file, ranges] of changedLines(base.commit)) {
    const area = areaOf(file);
    if (area === undefined) continue;
    for (const [first, last] of ranges) {
      const end = Math.min(last, first + left - 1);
      if (end >= first) chosen[area] = [...(chosen[area] ?? []), `${file}:${first}-${end}`];
      if (end < last) skipped.push(`${file}:${Math.max(first, end + 1)}-${last} (more than ${maxChangedLines} lines)`);
      left -= Math.max(0, end - first + 1);
    }
  }
  return chosen;
};

let endRunning = () => {};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endRunning();
    process.exit(130);
  });
}

/** Runs Stryker on one area; false if the time ran out. */
const runArea = (area, ranges) =>
  new Promise((resolve, reject) => {
    rmSync(`reports/mutation/${area}.json`, { force: true });
    const child = spawn('npx', ['--no', 'stryker', 'run', ...(values.incremental ? ['--incremental'] : [])], {
      stdio: 'inherit',
      detached: true,
      env: { ...process.env, MUTATION_AREA: area, ...(ranges ? { MUTATION_RANGES: ranges.join(',') } : {}) },
    });
    endRunning = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {} // It has just ended.
    };
    let isLate = false;
    const left = deadline - Date.now();
    const timer =
      Number.isFinite(left) &&
      setTimeout(
        () => {
          isLate = true;
          endRunning();
        },
        Math.max(0, left),
      );
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (isLate) resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`Stryker failed in the area ${area} (exit code ${code})`));
    });
  });

/** How many mutants of an area were noticed, and how many were not. */
const tally = (area) => {
  const report = `reports/mutation/${area}.json`;
  const mutants = existsSync(report) ? Object.values(JSON.parse(readFileSync(report, 'utf8')).files) : [];
  const states = mutants.flatMap((file) => file.mutants.map(({ status }) => status));
  const count = (...names) => states.filter((state) => names.includes(state)).length;
  return { noticed: count('Killed', 'Timeout'), survived: count('Survived', 'NoCoverage') };
};

const ranges = values.changed ? changedRanges() : undefined;
const wanted = ranges ? Object.keys(ranges) : positionals.length > 0 ? positionals : Object.keys(areas);
const failed = [];
const lines = [];
for (const area of wanted) {
  if (!(await runArea(area, ranges?.[area]))) {
    skipped.push(`${area} (no time left of ${maxChangedMs / 60_000} minutes)`);
    continue;
  }
  const { noticed, survived } = tally(area);
  const score = noticed + survived === 0 ? 100 : (100 * noticed) / (noticed + survived);
  lines.push(`${area.padEnd(10)} ${score.toFixed(1).padStart(5)} %  ${survived} of ${noticed + survived} survived`);
  if (score < minScore && !(values.changed && survived <= toleratedInChange)) failed.push(area);
}

console.log(['', ...lines, ...skipped.map((what) => `skipped: ${what}`)].join('\n'));
if (wanted.length === 0) console.log('mutate: no mutated area has changed');
if (failed.length > 0) {
  console.error(`the tests notice less than ${minScore} % of the faults in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
