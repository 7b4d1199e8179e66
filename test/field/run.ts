// The field suite: `npm run field`. See test/field/README.md for what it measures.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inRepository } from '../faults/programs.ts';
import { type ConfigName, configNames } from './configs.ts';
import { Control } from './control.ts';
import { postgres, redis } from './databases.ts';
import { faults, shortFaults } from './faults.ts';
import { installPeers } from './install.ts';
import { kindsOf } from './kinds.ts';
import { pageOf, problemsOf, totalsOf } from './report.ts';
import { type Cell, type Row, runCell } from './row.ts';
import { servers } from './servers/index.ts';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    server: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    use: { type: 'string', multiple: true },
    config: { type: 'string', multiple: true },
    jobs: { type: 'string' },
  },
});
const matches = (wanted: readonly string[] | undefined, name: string): boolean =>
  wanted === undefined || wanted.some((one) => name.toLowerCase().startsWith(one.toLowerCase()));
const isPart = [options.server, options.fault, options.use, options.config].some((words) => words !== undefined);

const configs: readonly ConfigName[] = options.short
  ? ['tools']
  : configNames.filter((name) => matches(options.config, name));
const chosen = servers.filter(({ name, short }) => matches(options.server, name) && (!options.short || short));
const skipped = chosen.flatMap(({ name, missing }) => {
  const reason = missing?.();
  return reason === undefined ? [] : [`${name}: ${reason}`];
});
for (const text of skipped) console.error(`skipped: ${text}`);
const present = chosen.filter(({ missing }) => missing?.() === undefined);
installPeers(present.flatMap((server) => server.package ?? []));

const control = await Control.open();
const cells: Omit<Cell, 'config'>[] = present.flatMap((server) =>
  (['read', 'write'] as const).flatMap((use) =>
    faults.flatMap((fault) =>
      server[use] !== undefined &&
      matches(options.use, use) &&
      matches(options.fault, fault.name) &&
      (!options.short || shortFaults.has(fault.name)) &&
      server.without?.[fault.name] === undefined
        ? [{ server, use, fault }]
        : [],
    ),
  ),
);

const describe = ({ server, use, config, fault, end, healable, attempts, ms, ...row }: Row): string =>
  [
    ...[server.padEnd(14), use.padEnd(5), config.padEnd(8), fault.padEnd(16), end.padEnd(11)],
    ...[healable ? 'healable' : '        ', `${attempts} attempts`, `${Math.round(ms)} ms`, row.fixes.join(', ')],
    ...row.wrongFixes.map((name) => `WRONG FIX ${name}`),
    row.secondEffects > 0 ? `${row.secondEffects} SECOND EFFECTS` : '',
    JSON.stringify(row.received?.slice(0, 300) ?? ''),
    ...(options.verbose ? row.decisions.map((decision) => `\n    ${decision}`) : []),
  ].join(' ');

const rows: Row[] = [];
const broken: string[] = [];
const work = async (): Promise<void> => {
  for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
    const { server, use, fault } = cell;
    let same: Row | undefined;
    for (const config of configs) {
      try {
        const kinds = await kindsOf(server, control);
        // Without a kind for this tool, the configurations are the same.
        const row = kinds[server[use]?.name ?? ''] === undefined ? same : undefined;
        same = row === undefined ? await runCell({ ...cell, config }, { tools: kinds }, control) : { ...row, config };
        rows.push(same);
        console.error(describe(same));
      } catch (error) {
        broken.push(`${server.name}, ${use}, ${fault.name} (${config}): ${String(error).slice(0, 500)}`);
        console.error(broken.at(-1));
      }
    }
  }
};
await Promise.all(Array.from({ length: Number(options.jobs ?? (options.short ? 4 : 3)) }, work));
control.close();
for (const database of [postgres, redis]) database.stop();

for (const config of configs) {
  const { healed, healable, share, wrongFixes, secondEffects } = totalsOf(rows.filter((row) => row.config === config));
  console.log(
    `${config}: ${healed} of ${healable} healable healed (${share.toFixed(1)} %), ${wrongFixes} wrong fixes, ${secondEffects} second effects`,
  );
}
const wrong = [
  ...broken.map((text) => `measures nothing: ${text}`),
  // A part of the rows says nothing about the share.
  ...problemsOf(rows, isPart ? [] : configs),
];
for (const text of wrong) console.log(`not met: ${text}`);
if (options.json) console.log(JSON.stringify({ rows, broken, skipped }));
if (options.write || (!isPart && !options.short))
  writeFileSync(inRepository('test/field/result.md'), pageOf(rows, present, skipped));
process.exit(wrong.length === 0 ? 0 : 1);
