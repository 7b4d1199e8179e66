/** Types shared with the server. */
export type * from '../../model.ts';
