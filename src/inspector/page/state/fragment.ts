import { type Filters, filterNames, noFilters } from './filters.ts';

export const views = ['runs', 'totals', 'limits', 'learning', 'fleet'] as const;
export type View = (typeof views)[number];

/** The state in the URL fragment, so that back, reload and bookmarks work. */
export interface Route {
  /** The token of the printed URL. */
  readonly token: string;
  readonly view: View;
  /** The id of the open run; empty if there is none. */
  readonly run: string;
  /** The id of the chosen signature; empty if there is none. */
  readonly signature: string;
  readonly filters: Filters;
}

/** Parses the URL fragment; unknown parts are ignored. */
export const readFragment = (fragment: string): Route => {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const view = views.find((name) => name === values.get('view')) ?? 'runs';
  const filters = Object.fromEntries(filterNames.map((name) => [name, values.get(name) ?? '']));
  return {
    token: values.get('token') ?? '',
    view,
    run: values.get('run') ?? '',
    signature: values.get('sig') ?? '',
    filters: { ...noFilters, ...filters },
  };
};

/** Formats the URL fragment; the token is first, and empty parts are omitted. */
export const writeFragment = ({ token, view, run, signature, filters }: Route): string => {
  const values = new URLSearchParams();
  if (token !== '') values.set('token', token);
  if (view !== 'runs') values.set('view', view);
  if (run !== '') values.set('run', run);
  if (signature !== '') values.set('sig', signature);
  for (const name of filterNames) if (filters[name] !== '') values.set(name, filters[name]);
  return `#${values}`;
};
