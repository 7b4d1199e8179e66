/** Shared with the server. */
export { maxExportBytes, readExport } from '../../export-file.ts';
