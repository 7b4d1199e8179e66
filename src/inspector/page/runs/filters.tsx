import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { diagnosisClasses, fixNames } from '../../../model/terms.ts';
import { Icon } from '../shell/icons.tsx';
import { type Filters, isFiltered, noFilters } from '../state/filters.ts';
import { following } from '../state/live.ts';
import { filters, goTo } from '../state/route.ts';
import { loading, total } from '../state/runs.ts';
import { totals } from '../state/server.ts';
import { counted } from '../text/format.ts';
import { shown } from '../text/shown.ts';
import { defer } from '../time.ts';

/** Delay after the last key press before the list is loaded, in ms. */
const restMs = 180;

const outcomes: readonly (readonly [value: string, word: string])[] = [
  ['healed', 'healed'],
  ['failed', 'failed'],
  ['unknown', 'unknown'],
  ['succeeded', 'succeeded'],
  ['running', 'running'],
];

const same = (values: readonly string[]) => values.map((value) => [value, shown(value).slice(0, 80)] as const);

interface ChoiceProps {
  readonly name: Exclude<keyof Filters, 'q'>;
  readonly label: string;
  readonly values: readonly (readonly [value: string, word: string])[];
}

const Choice = ({ name, label, values }: ChoiceProps) => {
  const chosen = filters.value[name];
  const all = chosen === '' || values.some(([value]) => value === chosen) ? values : [...values, ...same([chosen])];
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={chosen} onChange={(event) => goTo({ filters: { [name]: event.currentTarget.value } })}>
        <option value="">any</option>
        {all.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
};

const Search = () => {
  const typed = useSignal(filters.value.q);
  const callOff = useRef(() => {});
  useSignalEffect(() => {
    typed.value = filters.value.q;
  });
  return (
    <div class="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search in tool, error, pattern and run id"
        placeholder="Search tool, error, pattern, run id"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={typed.value}
        onInput={(event) => {
          const q = event.currentTarget.value;
          typed.value = q;
          callOff.current();
          callOff.current = defer(restMs, () => goTo({ filters: { q } }, { replace: true }));
        }}
      />
    </div>
  );
};

const names = (groups: readonly { readonly name: string }[] | undefined, always: readonly string[] = []) =>
  same([...new Set([...always, ...(groups ?? []).map(({ name }) => name)])].sort());

/** The search and filters of the list, with the number of matching runs. */
export const FilterBar = () => (
  <search class="filters">
    <Search />
    <div class="choices">
      <Choice name="tool" label="Tool" values={names(totals.value?.byTool)} />
      <Choice name="outcome" label="Outcome" values={outcomes} />
      <Choice name="class" label="Class" values={names(totals.value?.byClass, diagnosisClasses)} />
      <Choice name="fix" label="Fix" values={names(totals.value?.byFix, fixNames)} />
    </div>
    <div class="found">
      <p role="status">
        {loading.value === 'first'
          ? 'Loading…'
          : counted(
              total.value,
              isFiltered(filters.value) ? 'match' : 'run',
              isFiltered(filters.value) ? 'matches' : 'runs',
            )}
      </p>
      {isFiltered(filters.value) && (
        <button type="button" class="quiet" onClick={() => goTo({ filters: noFilters })}>
          Clear filters
        </button>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={following.value}
          onChange={(event) => {
            following.value = event.currentTarget.checked;
          }}
        />
        Follow new runs
      </label>
    </div>
  </search>
);
