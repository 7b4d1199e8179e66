import type { RunSummary } from './model.ts';

/** The filters of the list of runs; an empty string matches every run. */
export interface Filters {
  readonly q: string;
  readonly tool: string;
  readonly class: string;
  readonly fix: string;
  readonly outcome: string;
}

export const filterNames = ['q', 'tool', 'class', 'fix', 'outcome'] as const satisfies readonly (keyof Filters)[];

export const noFilters: Filters = { q: '', tool: '', class: '', fix: '', outcome: '' };

export const isFiltered = (filters: Filters): boolean => filterNames.some((name) => filters[name] !== '');

/** Whether a run matches the filters; server and page use the same rule. */
export const matches = (run: RunSummary, { q, tool, class: failure, fix, outcome }: Filters): boolean => {
  if (tool !== '' && run.tool !== tool) return false;
  if (failure !== '' && run.class !== failure) return false;
  if (fix !== '' && !run.fixes.includes(fix)) return false;
  if (outcome !== '' && run.status !== outcome) return false;
  if (q === '') return true;
  const sought = q.toLowerCase();
  return [run.tool, run.error, run.pattern, run.class, run.runId, ...run.fixes].some((text) =>
    text?.toLowerCase().includes(sought),
  );
};
