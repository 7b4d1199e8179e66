/** Shared with the server. */
export { largestExport, readExport } from '../../export-file.ts';
