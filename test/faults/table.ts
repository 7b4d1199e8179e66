import type { Judged } from './cell.ts';
import { kinds } from './expected.ts';
import type { Compared } from './side-by-side.ts';

/** What one front made of one fault in one channel, by kind of tool. */
export interface Line {
  readonly fault: string;
  readonly channel: string;
  readonly columns: readonly string[];
}

const signs = {
  answered: 'ok',
  healed: 'healed',
  'own error': 'error',
  'other error': 'OTHER ERROR',
  'no answer': 'NO ANSWER',
} as const;

const same = (parts: readonly string[]): string => (new Set(parts).size === 1 ? (parts[0] ?? '') : parts.join(' '));

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const groupOf = ({ cell }: { readonly cell: Judged['cell'] }): string => `${cell.faults[0]?.id}|${cell.channel}`;

const grouped = <T extends { readonly cell: Judged['cell'] }>(all: readonly T[]): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const each of all) groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each]);
  return groups;
};

const fixesOf = (all: readonly Judged[]): string => {
  const names = all.flatMap(({ observed }) => observed.fixes.map((fix) => fix.split(':')[0] ?? fix));
  return [...new Set(names)].map((name) => `${name} ${names.filter((each) => each === name).length}`).join(', ') || '-';
};

/** Lines of how healflow took each fault: for the four kinds of tool in order, one value where they are all equal. */
export const healflowLines = (all: readonly Judged[], time: (judged: Judged) => number): Line[] =>
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

/** How something that does not heal took each fault: what the client got, and whether the next call worked. */
export const comparedCells = (all: readonly Compared[]): Map<string, string> =>
  new Map(
    [...grouped(all)].map(([group, cells]) => [
      group,
      same(cells.map(({ seen, effects, nextWorks }) => `${seen}, ${effects} eff.${nextWorks ? '' : ', then dead'}`)),
    ]),
  );

/** A table, in Markdown. */
export const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
};
