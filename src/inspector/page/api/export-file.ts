/** Server and page read exported runs by the same rule. */
export { largestExport, readExport } from '../../export-file.ts';
