import { computed } from '@preact/signals';
import { Icon } from '../shell/icons.tsx';
import { detail, pause, play, playing, position, scrubTo, steps } from '../state/open-run.ts';
import { duration } from '../text/format.ts';

const description = computed((): string => {
  const step = steps.value[position.value - 1];
  if (!step) return `Before the start; ${steps.value.length} steps follow`;
  const { from, to, atMs } = step;
  const transition = from === '[*]' ? `starts in ${to}` : to === '[*]' ? `ends after ${from}` : `${from} → ${to}`;
  return `Step ${position.value} of ${steps.value.length}: ${transition}, at ${duration(atMs)}`;
});

const isLive = computed(() => detail.value?.status === 'running' && position.value >= steps.value.length);

/** Replays the run on the chart, with a slider for its steps. */
export const Scrubber = () => {
  if (steps.value.length === 0) {
    return (
      <p class="hint">
        {detail.value?.status === 'running'
          ? 'The run has no steps yet.'
          : 'This run is from the log, which does not record steps. Its path cannot be shown.'}
      </p>
    );
  }
  return (
    <fieldset class="scrubber" aria-label="Replay">
      <button type="button" aria-label="Go to start" disabled={position.value === 0} onClick={() => scrubTo(0)}>
        <Icon name="begin" />
      </button>
      <button
        type="button"
        class="play"
        aria-label={playing.value ? 'Pause' : 'Play'}
        onClick={() => (playing.value ? pause() : play())}
      >
        <Icon name={playing.value ? 'pause' : 'play'} />
      </button>
      <button
        type="button"
        aria-label="Go to end"
        disabled={position.value >= steps.value.length}
        onClick={() => scrubTo(steps.value.length)}
      >
        <Icon name="end" />
      </button>
      <input
        type="range"
        aria-label="Step of the run"
        min="0"
        max={steps.value.length}
        step="1"
        value={position.value}
        aria-valuetext={description.value}
        onInput={(event) => {
          pause();
          scrubTo(event.currentTarget.valueAsNumber);
        }}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          if (playing.value) pause();
          else play();
        }}
      />
      <p class="scrub-words">
        {isLive.value && <span class="live-mark">live</span>}
        {description.value}
      </p>
    </fieldset>
  );
};
