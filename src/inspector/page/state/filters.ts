/** Shared with the server. */
export { type Filters, filterNames, isFiltered, matches, noFilters } from '../../filters.ts';
