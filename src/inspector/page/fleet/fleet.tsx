import { UntrustedText } from '../shell/text.tsx';
import { useNow } from '../shell/use-now.ts';
import { fleet, fleetProblem, fleetReadAt, fleetTime } from '../state/fleet.ts';
import { mode } from '../state/server.ts';
import { clockTime, counted } from '../text/format.ts';
import { Approvals } from './approvals.tsx';
import { Events } from './events.tsx';
import { Fixes } from './fixes.tsx';
import { Leases } from './leases.tsx';
import { Machines } from './machines.tsx';

const NoFleet = () => (
  <p class="says">
    This page shows no fleet. Start it with <code>healflow inspect --fleet-url-env NAME</code>: the environment variable
    NAME has the URL of the fleet’s database, with the login of a reader or an approver.
  </p>
);

const Problem = ({ text }: { text: string }) => (
  <div class="problem" role="alert">
    <p>
      <UntrustedText text={text} />
    </p>
    <p>
      {fleet.value === null
        ? 'It is tried again.'
        : `The page shows what it was at ${clockTime(fleetReadAt.value)}, and tries again.`}
    </p>
  </div>
);

const Known = () => {
  const time = useNow();
  const known = fleet.value;
  if (known === null) return fleetProblem.value === null ? <p class="hint">Loading…</p> : null;
  const there = fleetTime(known, time);
  const { space, role, canDecide, machineCount } = known;
  return (
    <>
      <p class="says">
        Space <strong>{space}</strong>, {counted(machineCount, 'machine')}. Seen as <UntrustedText text={role} />,{' '}
        {canDecide ? 'who may decide approvals.' : 'who may not decide approvals: an approver may.'}
      </p>
      <Approvals known={known} time={there} />
      <div class="plots">
        <Leases known={known} time={there} />
        <Fixes known={known} time={there} />
      </div>
      <Machines known={known} time={there} />
      <Events />
    </>
  );
};

/** The fleet: its machines, what they run now, the approvals and the events. */
export const FleetView = () => (
  <div class="page fleet">
    <h2 tabIndex={-1}>Fleet</h2>
    {mode.value?.mode === 'live' && mode.value.fleet !== true ? (
      <NoFleet />
    ) : (
      <>
        {fleetProblem.value !== null && <Problem text={fleetProblem.value} />}
        <Known />
      </>
    )}
  </div>
);
