/** What server and page tell each other. */
export type * from '../../model.ts';
