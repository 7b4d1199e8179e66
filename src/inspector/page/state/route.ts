import { computed, signal } from '@preact/signals';
import { type Filters, filterNames } from './filters.ts';
import { type Route, readFragment, writeFragment } from './fragment.ts';

const remembered = 'healflow-token';

/** The token of this tab; it is kept after a reload, or for a URL without a token. */
const withToken = (route: Route): Route => {
  try {
    if (route.token !== '') sessionStorage.setItem(remembered, route.token);
    else return { ...route, token: sessionStorage.getItem(remembered) ?? '' };
  } catch {
    // Storage is disabled, so only the URL has the token.
  }
  return route;
};

export const route = signal<Route>(withToken(readFragment(location.hash)));

export const token = computed(() => route.value.token);
export const view = computed(() => route.value.view);
export const openRun = computed(() => route.value.run);
export const chosenSignature = computed(() => route.value.signature);

let lastFilters: Filters | undefined;

/** Keeps its identity while the filters do not change. */
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

/** Returns the URL of a route, for a link. */
export const hrefTo = (change: RouteChange): string => writeFragment(changed(change));

/** Navigates to a route; with `replace`, without a new history entry. */
export const goTo = (change: RouteChange, { replace = false } = {}): void => {
  const next = changed(change);
  const fragment = writeFragment(next);
  if (fragment === location.hash) return;
  if (replace) history.replaceState(null, '', fragment);
  else history.pushState(null, '', fragment);
  route.value = withToken(next);
};

/** Updates the route when the URL changes. */
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
