import { type ConfigName, configNames } from './configs.ts';
import { type Fault, faults } from './faults.ts';
import { versionOf } from './install.ts';
import type { Row } from './row.ts';
import type { Server } from './server.ts';

/** The minimum share of the healable rows that are healed, in percent. */
export const marks: Readonly<Record<ConfigName, number>> = { defaults: 70, tools: 85 };

const titles: Readonly<Record<ConfigName, string>> = {
  defaults: 'With the defaults',
  tools: 'With the kinds of the tools',
};

export interface Totals {
  readonly healable: number;
  readonly healed: number;
  readonly share: number;
  readonly wrongFixes: number;
  readonly secondEffects: number;
  /** Rows whose client received neither a success nor the tool's own error, although the tool had responded. */
  readonly changedErrors: number;
}

export const totalsOf = (rows: readonly Row[]): Totals => {
  const healable = rows.filter((row) => row.healable);
  const healed = healable.filter(({ end }) => end === 'healed').length;
  const sum = (value: (row: Row) => number): number => rows.reduce((total, row) => total + value(row), 0);
  return {
    healable: healable.length,
    healed,
    share: healable.length === 0 ? 100 : (healed / healable.length) * 100,
    wrongFixes: sum(({ wrongFixes }) => wrongFixes.length),
    secondEffects: sum(({ secondEffects }) => secondEffects),
    changedErrors: rows.filter(({ end }) => end === 'other error').length,
  };
};

/** The requirements that are not met. */
export const problemsOf = (rows: readonly Row[], configs: readonly ConfigName[]): string[] => {
  const nameOf = ({ server, tool, fault, config }: Row): string => `${server}, ${tool}, ${fault} (${config})`;
  return [
    ...rows.flatMap((row) => row.wrongFixes.map((fix) => `${nameOf(row)}: ${fix} ran, which does not fit`)),
    ...rows.filter((row) => row.secondEffects > 0).map((row) => `${nameOf(row)}: took effect more than once`),
    ...rows.filter(({ end }) => end === 'other error').map((row) => `${nameOf(row)}: not the tool's own error`),
    ...configs.flatMap((config) => {
      const { share, healed, healable } = totalsOf(rows.filter((row) => row.config === config));
      const mark = marks[config];
      return share >= mark ? [] : [`${config}: ${healed} of ${healable} healed, less than ${mark} %`];
    }),
  ];
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');

const cellOf = (row: Row | undefined): string => {
  if (row === undefined) return '';
  if (row.wrongFixes.length > 0) return '**wrong fix**';
  if (row.secondEffects > 0) return '**twice**';
  if (row.end === 'healed' || row.end === 'by itself') return row.end;
  if (row.end === 'other error') return '**other error**';
  return row.healable ? '**not healed**' : 'own error';
};

const oneLine = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('`', "'")
    .trim();
const shortened = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** Why a call was not healed, as the decision log says. */
const reasonOf = ({ decisions }: Row): string => {
  const [outcome = ''] = decisions.filter((decision) => decision.startsWith('outcome')).slice(-1);
  return / because (.*)$/.exec(outcome)?.[1] ?? outcome;
};

const median = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? '' : (middle / 1_000).toFixed(1);
};

const toolsOf = (server: Server): { readonly name: string; readonly use: 'read' | 'write' }[] =>
  (['read', 'write'] as const).flatMap((use) => {
    const tool = server[use];
    return tool === undefined ? [] : [{ name: tool.name, use }];
  });

const sectionOf = (config: ConfigName, rows: readonly Row[], servers: readonly Server[]): string => {
  const own = rows.filter((row) => row.config === config);
  const rowOf = (server: Server, tool: string, fault: Fault): Row | undefined =>
    own.find((row) => row.server === server.name && row.tool === tool && row.fault === fault.name);
  const lines = servers.flatMap((server) =>
    toolsOf(server).map(({ name, use }) => [
      ...[server.name, `\`${name}\``, use],
      ...faults.map((fault) => cellOf(rowOf(server, name, fault))),
    ]),
  );
  const seconds = faults.map(({ name }) =>
    median(own.filter(({ end, fault }) => end === 'healed' && fault === name).map(({ ms }) => ms)),
  );
  const missed = own
    .filter(({ healable, end }) => healable && end !== 'healed')
    .map((row) => [
      ...[row.server, row.tool, row.fault, row.end === 'no response' ? 'no response' : ''],
      `\`${shortened(oneLine(row.received ?? ''), 160)}\``,
      shortened(oneLine(reasonOf(row)), 200),
    ]);
  return [
    `## ${titles[config]}`,
    table(
      ['server', 'tool', 'use', ...faults.map(({ name }) => name)],
      [...lines, ['seconds if healed, median', '', '', ...seconds]],
    ),
    missed.length === 0
      ? 'Everything that is healable was healed.'
      : `Not healed although a person could:\n\n${table(['server', 'tool', 'fault', '', 'the client received', 'why'], missed)}`,
  ].join('\n\n');
};

/** Number of rows of the whole table. */
const wholeOf = (servers: readonly Server[]): number =>
  servers.reduce((sum, server) => {
    const played = faults.filter(({ name }) => server.without?.[name] === undefined).length;
    return sum + played * toolsOf(server).length * configNames.length;
  }, 0);

/** The page of results. */
export const pageOf = (rows: readonly Row[], servers: readonly Server[], skipped: readonly string[]): string => {
  const configs = configNames.filter((name) => rows.some(({ config }) => config === name));
  const problems = problemsOf(rows, configs);
  const whole = wholeOf(servers);
  const totals = configs.map((config) => {
    const { healed, healable, share, wrongFixes, secondEffects, changedErrors } = totalsOf(
      rows.filter((row) => row.config === config),
    );
    return [
      ...[titles[config], `${healed} of ${healable}`, `${share.toFixed(1)} %`, `${marks[config]} %`],
      ...[wrongFixes, secondEffects, changedErrors].map(String),
    ];
  });
  const versions = servers.flatMap((server) =>
    server.package === undefined ? [] : [[server.name, `\`${server.package}\``, versionOf(server.package)]],
  );
  return `${[
    '# Servers from npm under faults',
    'How to read it: test/field/README.md.',
    ...(rows.length < whole ? [`A part of the table: ${rows.length} of ${whole} rows were run.`] : []),
    table(['configuration', 'healed', 'share', 'required', 'wrong fixes', 'second effects', 'changed errors'], totals),
    problems.length === 0
      ? 'All requirements are met.'
      : `Requirements that are not met:\n\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    ...(skipped.length === 0 ? [] : [`Not run:\n\n${skipped.map((text) => `- ${text}`).join('\n')}`]),
    ...configs.map((config) => sectionOf(config, rows, servers)),
    `## Versions\n\n${table(['server', 'package', 'version'], versions)}`,
  ].join('\n\n')}\n`;
};
