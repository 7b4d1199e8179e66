import type { FleetOverview } from '../api/types.ts';

/** What each part of the page gets. */
export interface PartProps {
  readonly known: FleetOverview;
  /** The time of the database's clock. */
  readonly time: number;
}
