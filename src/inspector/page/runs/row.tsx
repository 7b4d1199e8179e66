import type { RunSummary } from '../api/types.ts';
import { Status } from '../shell/icons.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { duration, moment, nearTime } from '../text/format.ts';
import { now } from '../time.ts';

/** The height of every row in px, as in app.css. */
export const rowHeight = 72;

interface RowProps {
  readonly run: RunSummary;
  readonly index: number;
  readonly of: number;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly onOpen: (index: number) => void;
}

const found = ({ class: failure, fixes }: RunSummary): string => {
  const fix = [...new Set(fixes)].join(', ');
  if (failure === null) return fix;
  return fix === '' ? failure : `${failure} → ${fix}`;
};

/** One run in the list. */
export const Row = ({ run, index, of, isOpen, isActive, onOpen }: RowProps) => (
  // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active row
  // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
  <div
    class={`row${isActive ? ' is-active' : ''}`}
    id={`row-${index}`}
    role="option"
    aria-selected={isOpen}
    aria-posinset={index + 1}
    aria-setsize={of}
    style={{ top: `${index * rowHeight}px` }}
    onClick={() => onOpen(index)}
  >
    <span class="row-tool">
      <UntrustedText text={run.tool} />
    </span>
    <time class="row-time" dateTime={new Date(run.startedAt).toISOString()} title={moment(run.startedAt)}>
      {nearTime(run.startedAt, now())}
    </time>
    <span class="row-facts">
      <Status status={run.status} />
      <span class="row-found">{found(run)}</span>
    </span>
    <span class="row-took">{run.status === 'running' ? run.state : duration(run.durationMs)}</span>
    <span class="row-error">{run.error === null ? '' : <UntrustedText text={run.error} />}</span>
  </div>
);
