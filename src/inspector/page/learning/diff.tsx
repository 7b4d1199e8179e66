import type { DiffLine } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { shown } from '../text/shown.ts';

const words = { '+': 'added: ', '-': 'removed: ', ' ': '' };
const names = { '+': 'is-added', '-': 'is-removed', ' ': undefined };

/** The change of a file, line by line. */
export const Diff = ({ lines, label }: { lines: readonly DiffLine[]; label: string }) => (
  <ScrollArea class="foreign block diff" label={label}>
    <pre dir="ltr">
      {lines.map(({ sign, text }, index) => (
        <div key={index} class={names[sign]}>
          <span aria-hidden="true">{sign} </span>
          {sign !== ' ' && <span class="sr-only">{words[sign]}</span>}
          {shown(text)}
        </div>
      ))}
    </pre>
  </ScrollArea>
);
