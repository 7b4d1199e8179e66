import type { EventCounts, FleetEvents } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { fleetEvents, fleetEventsProblem } from '../state/fleet.ts';
import { clockTime, count } from '../text/format.ts';
import { Plot, type Series } from '../totals/plot.tsx';

const results = ['success', 'failure', 'unknown'] as const satisfies readonly (keyof EventCounts)[];

const series: readonly Series[] = [
  { kind: 'is-healed', word: 'success' },
  { kind: 'is-failed', word: 'failure' },
  { kind: 'is-unknown', word: 'unknown' },
];

const sizeOf = (counts: EventCounts): number => results.reduce((all, result) => all + counts[result], 0);

const ByTool = ({ tools, toolCount }: FleetEvents) => {
  const most = Math.max(1, ...tools.map(sizeOf));
  return (
    <section aria-labelledby="events-by-tool" class="groups">
      <h3 id="events-by-tool">Events by tool</h3>
      {tools.length === 0 ? (
        <p class="hint">No events in the last 24 hours.</p>
      ) : (
        <ScrollArea class="table-frame" labelledBy="events-by-tool">
          <table>
            <thead>
              <tr>
                <th scope="col">Tool</th>
                <td class="bar-cell" />
                {results.map((result) => (
                  <th scope="col" key={result}>
                    {result}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tools.map((tool) => (
                <tr key={tool.name}>
                  <th scope="row">
                    <UntrustedText text={tool.name} />
                  </th>
                  <td class="bar-cell" aria-hidden="true">
                    <span class="bars" style={{ width: `${(sizeOf(tool) / most) * 100}%` }}>
                      {results.map((result, index) => (
                        <span key={result} class={series[index]?.kind} style={{ flexGrow: tool[result] }} />
                      ))}
                    </span>
                  </td>
                  {results.map((result) => (
                    <td key={result}>{count(tool[result])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
      {toolCount > tools.length && <p class="hint">and {count(toolCount - tools.length)} more</p>}
    </section>
  );
};

/** The events of all machines in the last 24 hours, by hour and by tool. */
export const Events = () => {
  const known = fleetEvents.value;
  return (
    <>
      {fleetEventsProblem.value !== null && (
        <p class="says">
          The events could not be counted. <UntrustedText text={fleetEventsProblem.value} />
        </p>
      )}
      {known !== null && (
        <div class="plots">
          <Plot
            id="fleet-events"
            title="Events of the last 24 hours"
            of="Hour"
            series={series}
            columns={known.hours.map((hour) => ({
              label: clockTime(hour.t).slice(0, 5),
              values: results.map((result) => hour[result]),
            }))}
          />
          <ByTool {...known} />
        </div>
      )}
    </>
  );
};
