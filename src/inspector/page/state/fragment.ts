import { type Filters, filterNames, noFilters } from './filters.ts';

export const views = ['runs', 'totals', 'limits'] as const;
export type View = (typeof views)[number];

/** Everything that the address says, so that back, reload and a bookmark work. */
export interface Route {
  /** What proves to the server that the page was opened from the printed address. */
  readonly token: string;
  readonly view: View;
  /** The run that is open; empty where none is. */
  readonly run: string;
  readonly filters: Filters;
}

/** Reads the part of the address after `#`. What it does not know it leaves out. */
export const readFragment = (fragment: string): Route => {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const view = views.find((name) => name === values.get('view')) ?? 'runs';
  const filters = Object.fromEntries(filterNames.map((name) => [name, values.get(name) ?? '']));
  return {
    token: values.get('token') ?? '',
    view,
    run: values.get('run') ?? '',
    filters: { ...noFilters, ...filters },
  };
};

/** Writes the same; the token always comes first, and what is empty is left out. */
export const writeFragment = ({ token, view, run, filters }: Route): string => {
  const values = new URLSearchParams();
  if (token !== '') values.set('token', token);
  if (view !== 'runs') values.set('view', view);
  if (run !== '') values.set('run', run);
  for (const name of filterNames) if (filters[name] !== '') values.set(name, filters[name]);
  return `#${values}`;
};
