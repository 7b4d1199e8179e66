/** Server and page narrow the list by the same rule. */
export { type Filters, filterNames, isFiltered, matches, noFilters } from '../../filters.ts';
