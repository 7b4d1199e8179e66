import type { LearningOverview } from '../api/types.ts';

/** What each part of the page gets. */
export interface PartProps {
  readonly known: LearningOverview;
  /** The time of this page's clock. */
  readonly time: number;
}
