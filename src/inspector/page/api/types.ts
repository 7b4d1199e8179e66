/** Types shared with the server. */
export type * from '../../../fleet/overview-model.ts';
export type * from '../../../learning/model.ts';
export type * from '../../fleet-model.ts';
export type * from '../../learning-model.ts';
export type * from '../../model.ts';
