import type { ComponentChildren } from 'preact';
import { ScrollArea } from './scroll-area.tsx';

export interface ListedProps {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  /** Shown if there are no rows. */
  readonly none: string;
  readonly heads: readonly string[];
  readonly rows: number;
  readonly children: ComponentChildren;
}

/** A titled table with one sentence on what it shows. */
export const Listed = ({ id, title, says, none, heads, rows, children }: ListedProps) => (
  <section aria-labelledby={id}>
    <h3 id={id}>{title}</h3>
    <p class="says">{says}</p>
    {rows === 0 ? (
      <p class="hint">{none}</p>
    ) : (
      <ScrollArea class="table-frame" labelledBy={id}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </ScrollArea>
    )}
  </section>
);
