// The fault suite: `npm run faults`. See test/faults/README.md for how to read what it prints.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHealer } from 'healflow';
import { Backend } from './backend.ts';
import { bridges, isInstalled, openBridge } from './bridges.ts';
import { runCampaign } from './campaign/page.ts';
import { nameOf, type Verdict } from './cell.ts';
import { cellsOf, isLeftToTheUser, randomCells } from './cells.ts';
import { faults } from './faults.ts';
import { runInProcess } from './in-process.ts';
import { inRepository } from './programs.ts';
import { runProxied } from './proxied.ts';
import { type Compared, openDirect, runSideBySide } from './side-by-side.ts';
import { comparedCells, healflowLines, markdown } from './table.ts';
import { World } from './world.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '20260204' },
    only: { type: 'string', default: 'in-process,proxy,compare,random,campaign' },
  },
});
const parts = new Set(options.only.split(','));
const folder = mkdtempSync(join(tmpdir(), 'healflow-faults-'));
const log = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const startedAt = performance.now();
  const result = await work();
  log(`${what}: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  return result;
};

const inProcessChannels = ['thrown', 'isError', 'rpc'] as const;
const dies = faults.filter(({ end }) => end === 'exit');
const lives = faults.filter(({ end }) => end !== 'exit');

const inProcess = async (): Promise<Verdict[]> => {
  const backend = await Backend.open(folder);
  const common = { create: createHealer, backend, memoryDir: join(folder, 'memory') };
  try {
    const asked = cellsOf(inProcessChannels, 'always').filter(isLeftToTheUser);
    const [exits, others] = [asked.filter(isExit), asked.filter((cell) => !isExit(cell))];
    return [
      ...(await runInProcess(cellsOf(inProcessChannels, 'safe', lives), { ...common, concurrency: 12 })),
      ...(await runInProcess(cellsOf(inProcessChannels, 'safe', dies), { ...common, concurrency: 1 })),
      ...(await runInProcess([...others, ...cellsOf(inProcessChannels, 'never', lives)], {
        ...common,
        concurrency: 12,
      })),
      ...(await runInProcess(exits, { ...common, concurrency: 1 })),
    ];
  } finally {
    backend.close();
  }
};
const isExit = ({ faults: [fault] }: Verdict['cell']): boolean => fault?.end === 'exit';

const random = async (): Promise<Verdict[]> => {
  const backend = await Backend.open(folder);
  try {
    const cells = randomCells(Number(options.calls), Number(options.seed));
    const memoryDir = join(folder, 'memory');
    return await runInProcess(cells, { create: createHealer, backend, memoryDir, concurrency: 48 });
  } finally {
    backend.close();
  }
};

const withWorld = async <T>(name: string, work: (world: World) => Promise<T>): Promise<T> => {
  const world = await World.open(join(folder, name));
  try {
    return await work(world);
  } finally {
    world.close();
  }
};

const proxied = (): Promise<Verdict[]> =>
  withWorld('proxy', (world) => runProxied(cellsOf(['isError', 'rpc', 'transport']), world));

/** The same faults without healing. The kind of the tool makes no difference, so one kind is enough. */
const compare = async (): Promise<{ readonly name: string; readonly all: Compared[] | null }[]> => {
  const cells = cellsOf(['isError', 'rpc', 'transport']).filter(({ kind }) => kind === 'unannotated');
  const direct = await withWorld('direct', (world) => runSideBySide(cells, world, openDirect));
  let port = 10_000 + (process.pid % 9_000);
  const others = await Promise.all(
    bridges.map(async (bridge) => {
      if (!isInstalled(bridge)) return { name: bridge.name, all: null };
      const all = await withWorld(bridge.name, (world) =>
        runSideBySide(cells, world, (here) => {
          port += 1;
          return openBridge(bridge, here, port);
        }),
      );
      return { name: bridge.name, all };
    }),
  );
  return [{ name: 'direct', all: direct }, ...others];
};

const wrong: string[] = [];
const campaignWrong: string[] = [];
const note = (all: readonly Verdict[]): void => {
  for (const { cell, problems } of all) wrong.push(...problems.map((problem) => `${nameOf(cell)}: ${problem}`));
};
const count = (all: readonly Verdict[], end: string): number =>
  all.filter(({ observed }) => observed.end === end).length;
const summaryOf = (all: readonly Verdict[]): string => {
  const effects = all.reduce((sum, { observed }) => sum + observed.effects, 0);
  const mayChange = all.filter(({ cell }) => cell.kind === 'destructive' || cell.kind === 'unannotated');
  const twice = mayChange.filter(({ cell, observed }) => observed.effects > 1 && cell.replay !== 'always').length;
  return (
    `${all.length} calls: ${count(all, 'succeeded')} succeeded at once, ${count(all, 'healed')} healed, ` +
    `${count(all, 'own error')} with the tool's own error, ${count(all, 'no response')} without a response; ${effects} effects; ` +
    `of ${mayChange.length} calls that may change something ${twice} took effect twice; ` +
    `${all.filter(({ problems }) => problems.length > 0).length} with an unmet requirement`
  );
};

const sections: string[] = [];
const data: Record<string, unknown> = {};
const kindsNote =
  'Four values in a cell are those of a read-only, an idempotent, a destructive and an unannotated tool.';

if (parts.has('in-process')) {
  const all = await timed('in this process', inProcess);
  note(all);
  data.inProcess = all;
  const lines = healflowLines(
    all.filter(({ cell }) => cell.replay === 'safe'),
    ({ observed }) => observed.addedMs,
  );
  sections.push(
    `## In this process: \`createHealer\`\n\n${summaryOf(all)}. This includes calls with \`replay: always\` and \`never\`; the table shows the others. ${kindsNote}\n\n${markdown(
      ['fault', 'reported as', 'ended', 'effects', 'fixes', 'ms added', ''],
      lines.map(({ fault, channel, columns }) => [fault, channel, ...columns]),
    )}`,
  );
}
if (parts.has('random')) {
  const all = await timed('random run', random);
  note(all);
  data.random = all;
  sections.push(
    `## Random run\n\nEach call meets one to four faults in consecutive attempts, drawn with seed ${options.seed}. ${summaryOf(all)}.`,
  );
}
let campaignSection = '';
if (parts.has('campaign')) {
  const campaign = { create: createHealer, folder, seed: Number(options.seed) };
  const calls = { inProcess: 14_000, proxied: 3_000, bare: 2_000 };
  const page = await timed('tools of several steps', () => runCampaign({ ...campaign, calls }));
  campaignWrong.push(...page.wrong);
  data.campaign = page.data;
  campaignSection = page.section;
}
if (parts.has('proxy') || parts.has('compare')) {
  const all = parts.has('proxy') ? await timed('through the proxy', proxied) : [];
  note(all);
  const others = parts.has('compare') ? await timed('side by side', compare) : [];
  data.proxy = all;
  data.compare = others;
  const tables = others.map(({ all: seen }) => (seen === null ? undefined : comparedCells(seen)));
  sections.push(
    `## Through \`healflow proxy\`, and what a client receives without it\n\n${summaryOf(all)}. The last columns show an unannotated tool without healflow: called directly, and through bridges from stdio to HTTP. ${kindsNote}\n\n${markdown(
      ['fault', 'reported as', 'healflow', 'effects', 'fixes', 'ms', '', ...others.map(({ name }) => name)],
      healflowLines(all, ({ observed }) => observed.totalMs).map(({ fault, channel, columns }) => [
        fault,
        channel,
        ...columns,
        ...tables.map((table) => table?.get(`${fault}|${channel}`) ?? 'not installed'),
      ]),
    )}`,
  );
}

const { machineText } = await import(inRepository('bench/harness/machine.mjs'));
const machine: string = machineText();
const verdictOf = (problems: readonly string[], shown: number): string =>
  [
    problems.length === 0
      ? 'All requirements are met.'
      : `${problems.length} requirements are not met${problems.length > shown ? ', among them' : ''}:`,
    ...problems.slice(0, shown).map((problem) => `- ${problem}`),
  ].join('\n');
/** One page of results. @param shown Maximum number of problems that it lists. */
const pageOf = (title: string, problems: readonly string[], shown: number, body: readonly string[]): string =>
  `# ${title}\n\nOn ${machine}. How to read it: test/faults/README.md.\n\n${verdictOf(problems, shown)}\n\n${body.join('\n\n')}\n`;
const pages: [file: string, page: string][] = [];
if (sections.length > 0) pages.push(['result.md', pageOf('Fault suite', wrong, 40, sections)]);
if (campaignSection !== '') {
  pages.push(['campaign/result.md', pageOf('Tools of several steps', campaignWrong, 10, [campaignSection])]);
}
console.log(
  options.json
    ? JSON.stringify({ machine, wrong: [...wrong, ...campaignWrong], ...data })
    : pages.map(([, page]) => page).join('\n'),
);
if (options.write) for (const [file, page] of pages) writeFileSync(inRepository(`test/faults/${file}`), page);
rmSync(folder, { recursive: true, force: true });
process.exit(wrong.length + campaignWrong.length === 0 ? 0 : 1);
