import type { RunStatus } from '../api/types.ts';

const paths = {
  healed: 'M2.5 8.5l3.5 3.5 7.5-8',
  succeeded: 'M2.5 8.5l3.5 3.5 7.5-8',
  failed: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  unknown: 'M5.2 5.4c.2-3 5.8-3 5.6.2-.2 2-2.8 2-2.8 4M8 12.6v.4',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  play: 'M4.5 2.8l8 5.2-8 5.2z',
  pause: 'M5 3v10M11 3v10',
  begin: 'M3.5 3v10M12.5 3.5l-6 4.5 6 4.5z',
  end: 'M12.5 3v10M3.5 3.5l6 4.5-6 4.5z',
  back: 'M10 3L5 8l5 5',
  download: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
  open: 'M2 12.5v-9h4l1.5 2H14v7z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.4 10.4l3.4 3.4',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  moon: 'M13 9.6A5.6 5.6 0 1 1 6.4 3a4.6 4.6 0 0 0 6.6 6.6z',
  system: 'M2 3h12v8H2zM5.5 13.5h5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
} as const satisfies Readonly<Record<string, string>> & Readonly<Record<RunStatus, string>>;

export type IconName = keyof typeof paths;

/** A decorative icon next to text. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);

const labels: Readonly<Record<RunStatus, string>> = {
  healed: 'healed',
  succeeded: 'succeeded',
  failed: 'failed',
  unknown: 'unknown',
  running: 'running',
};

/** The status of a run as an icon and a word, so that it does not depend on colour. */
export const Status = ({ status }: { status: RunStatus }) => (
  <span class={`status is-${status}`}>
    <Icon name={status} />
    {labels[status]}
  </span>
);
