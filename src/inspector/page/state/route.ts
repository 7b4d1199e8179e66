import { computed, signal } from '@preact/signals';
import { type Filters, filterNames } from './filters.ts';
import { type Route, readFragment, writeFragment } from './fragment.ts';

const remembered = 'healflow-token';

/** The token of this tab: a reload or an address without it, as from a bookmark of one run, keeps the one it had. */
const withToken = (route: Route): Route => {
  try {
    if (route.token !== '') sessionStorage.setItem(remembered, route.token);
    else return { ...route, token: sessionStorage.getItem(remembered) ?? '' };
  } catch {
    // Storage is switched off: the address alone counts.
  }
  return route;
};

export const route = signal<Route>(withToken(readFragment(location.hash)));

export const token = computed(() => route.value.token);
export const view = computed(() => route.value.view);
export const openRun = computed(() => route.value.run);

let lastFilters: Filters | undefined;

/** Keeps its identity while the filters stay as they are. */
export const filters = computed<Filters>((): Filters => {
  const next = route.value.filters;
  const last = lastFilters;
  if (last && filterNames.every((name) => last[name] === next[name])) return last;
  lastFilters = next;
  return next;
});
export type RouteChange = Partial<Omit<Route, 'filters'>> & { readonly filters?: Partial<Filters> };

const changed = (change: RouteChange): Route => ({
  ...route.value,
  ...change,
  filters: { ...route.value.filters, ...change.filters },
});

/** The address of another place of the page, for a link. */
export const hrefTo = (change: RouteChange): string => writeFragment(changed(change));

/** Goes there; with `replace` the back button does not come back to where it was. */
export const goTo = (change: RouteChange, { replace = false } = {}): void => {
  const next = changed(change);
  const fragment = writeFragment(next);
  if (fragment === location.hash) return;
  if (replace) history.replaceState(null, '', fragment);
  else history.pushState(null, '', fragment);
  route.value = withToken(next);
};

/** Follows the address as links, the back button and the user change it. */
export const followAddress = (): void => {
  const read = (): void => {
    route.value = withToken(readFragment(location.hash));
    if (readFragment(location.hash).token === '' && route.value.token !== '') {
      history.replaceState(null, '', writeFragment(route.value));
    }
  };
  read();
  addEventListener('hashchange', read);
  addEventListener('popstate', read);
};
