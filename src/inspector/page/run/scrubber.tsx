import { computed } from '@preact/signals';
import { Icon } from '../shell/icons.tsx';
import { detail, pause, play, playing, position, scrubTo, steps } from '../state/open-run.ts';
import { duration } from '../text/format.ts';

const words = computed((): string => {
  const step = steps.value[position.value - 1];
  if (!step) return `Before the run began; ${steps.value.length} steps follow`;
  const { from, to, atMs } = step;
  const way = from === '[*]' ? `begins in ${to}` : to === '[*]' ? `ends after ${from}` : `${from} → ${to}`;
  return `Step ${position.value} of ${steps.value.length}: ${way}, at ${duration(atMs)}`;
});

const isLive = computed(() => detail.value?.status === 'running' && position.value >= steps.value.length);

/** Replays the run over the chart: a slider over its steps, and a player. */
export const Scrubber = () => {
  if (steps.value.length === 0) {
    return (
      <p class="hint">
        {detail.value?.status === 'running'
          ? 'The run has taken no step yet.'
          : 'The log keeps no steps of this run, so there is no way to draw over the chart.'}
      </p>
    );
  }
  return (
    <fieldset class="scrubber" aria-label="Replay">
      <button type="button" aria-label="To the begin" disabled={position.value === 0} onClick={() => scrubTo(0)}>
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
        aria-label="To the end"
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
        aria-valuetext={words.value}
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
        {words.value}
      </p>
    </fieldset>
  );
};
