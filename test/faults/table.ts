import type { Verdict } from './cell.ts';
import { kinds } from './expected.ts';
import { inRepository } from './programs.ts';
import type { Compared } from './side-by-side.ts';

/** The results of one fault in one channel, by kind of tool. */
export interface Line {
  readonly fault: string;
  readonly channel: string;
  readonly columns: readonly string[];
}

const signs = {
  succeeded: 'ok',
  healed: 'healed',
  'own error': 'error',
  'other error': 'OTHER ERROR',
  'no response': 'NO RESPONSE',
} as const;

const same = (parts: readonly string[]): string => (new Set(parts).size === 1 ? (parts[0] ?? '') : parts.join(' '));

const { median } = await import(inRepository('bench/harness/numbers.mjs'));

const groupOf = ({ cell }: { readonly cell: Verdict['cell'] }): string => `${cell.faults[0]?.id}|${cell.channel}`;

const grouped = <T extends { readonly cell: Verdict['cell'] }>(all: readonly T[]): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const each of all) groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each]);
  return groups;
};

const fixesOf = (all: readonly Verdict[]): string => {
  const names = all.flatMap(({ observed }) => observed.fixes.map((fix) => fix.split(':')[0] ?? fix));
  return [...new Set(names)].map((name) => `${name} ${names.filter((each) => each === name).length}`).join(', ') || '-';
};

/** The results of each fault with healflow: of the four kinds of tool in order, or one value if they are all equal. */
export const healflowLines = (all: readonly Verdict[], time: (judged: Verdict) => number): Line[] =>
  [...grouped(all)].map(([group, cells]) => {
    const [fault = '', channel = ''] = group.split('|');
    const byKind = kinds.flatMap((kind) => cells.filter(({ cell }) => cell.kind === kind).slice(0, 1));
    return {
      fault,
      channel,
      columns: [
        same(byKind.map(({ observed }) => signs[observed.end])),
        byKind.map(({ observed }) => observed.effects).join(' '),
        fixesOf(byKind),
        String(Math.round(median(byKind.map(time)))),
        byKind.every(({ problems }) => problems.length === 0) ? '' : 'WRONG',
      ],
    };
  });

/** The results of each fault without healing: what the client received, and whether the next call succeeded. */
export const comparedCells = (all: readonly Compared[]): Map<string, string> =>
  new Map(
    [...grouped(all)].map(([group, cells]) => [
      group,
      same(cells.map(({ seen, effects, nextWorks }) => `${seen}, ${effects} eff.${nextWorks ? '' : ', then dead'}`)),
    ]),
  );

/** A Markdown table. */
export const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
};
