import type { Queryable } from './database.ts';
import { asReader } from './overview.ts';
import type { EventCounts, FleetEvents } from './overview-model.ts';

const hourMs = 3_600_000;
const hourCount = 24;
const maxTools = 30;

const results = ['success', 'failure', 'unknown']
  .map((result) => `coalesce(sum(n) filter (where result = '${result}'), 0)::float8 as ${result}`)
  .join(', ');

const countSql = `with hour as (
    select date_trunc('hour', clock_timestamp() at time zone 'UTC') at time zone 'UTC' as newest
  ), counted as materialized (
    select date_trunc('hour', e.at at time zone 'UTC') as hour, e.tool, e.result, count(*) as n from healflow.events e
      where e.at >= (select newest from hour) - interval '${hourCount - 1} hours'
        and e.at < (select newest from hour) + interval '1 hour'
      group by 1, 2, 3
  )
  select extract(epoch from (select newest from hour))::float8 * 1000 as newest,
    (select count(distinct tool)::int from counted) as "toolCount",
    (select coalesce(json_agg(h), '[]') from (
      select extract(epoch from hour)::float8 * 1000 as t, ${results} from counted group by hour) h) as hours,
    (select coalesce(json_agg(t), '[]') from (
      select tool as name, ${results} from counted group by tool order by sum(n) desc, tool limit ${maxTools}) t) as tools`;

interface CountRow extends FleetEvents {
  /** The start of the current hour. */
  readonly newest: number;
}

const none: EventCounts = { success: 0, failure: 0, unknown: 0 };

/**
 * Counts the events of the last 24 hours; only a reader or an approver may.
 *
 * @throws FleetDatabaseError
 */
export const countEvents = async (database: Queryable): Promise<FleetEvents> => {
  const { newest, hours, tools, toolCount } = (await asReader(database.query<CountRow>(countSql, []))).row;
  const known = new Map(hours.map((hour) => [hour.t, hour]));
  const all = Array.from({ length: hourCount }, (_, index) => newest - (hourCount - 1 - index) * hourMs);
  return { hours: all.map((t) => known.get(t) ?? { t, ...none }), tools, toolCount };
};
