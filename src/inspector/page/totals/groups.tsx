import type { Group, Outcomes } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { UntrustedText } from '../shell/text.tsx';
import type { Filters } from '../state/filters.ts';
import { hrefTo } from '../state/route.ts';
import { count } from '../text/format.ts';

const kinds = ['healed', 'failed', 'unknown'] as const satisfies readonly (keyof Outcomes)[];

/** Maximum number of groups in a table. */
const shownMost = 30;

const sizeOf = (group: Group): number => kinds.reduce((all, kind) => all + (group[kind] ?? 0), 0);

interface GroupsProps {
  readonly id: string;
  readonly title: string;
  readonly filter: Exclude<keyof Filters, 'q'>;
  readonly groups: readonly Group[];
}

/** The outcomes of the runs of each tool, fix or class, as a table with bars. */
export const Groups = ({ id, title, filter, groups }: GroupsProps) => {
  const sorted = [...groups].sort((a, b) => sizeOf(b) - sizeOf(a));
  const most = Math.max(1, ...sorted.map(sizeOf));
  return (
    <section aria-labelledby={id} class="groups">
      <h3 id={id}>{title}</h3>
      {sorted.length === 0 ? (
        <p class="hint">Nothing yet.</p>
      ) : (
        <ScrollArea class="table-frame" labelledBy={id}>
          <table>
            <thead>
              <tr>
                <th scope="col">{filter}</th>
                <td class="bar-cell" />
                {kinds.map((kind) => (
                  <th scope="col" key={kind}>
                    {kind}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, shownMost).map((group) => (
                <tr key={group.name}>
                  <th scope="row">
                    <a href={hrefTo({ view: 'runs', run: '', filters: { [filter]: group.name } })}>
                      <UntrustedText text={group.name} />
                    </a>
                  </th>
                  <td class="bar-cell" aria-hidden="true">
                    <span class="bars" style={{ width: `${(sizeOf(group) / most) * 100}%` }}>
                      {kinds.map((kind) => (
                        <span key={kind} class={`is-${kind}`} style={{ flexGrow: group[kind] ?? 0 }} />
                      ))}
                    </span>
                  </td>
                  {kinds.map((kind) => (
                    <td key={kind}>{count(group[kind] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
      {sorted.length > shownMost && <p class="hint">and {count(sorted.length - shownMost)} more</p>}
    </section>
  );
};
