import { PassThrough } from 'node:stream';
import type { PersonTerminal } from '../../../src/cli/learn/person.ts';
import type { HealingEvent } from '../../../src/event-log/index.ts';
import type { LearningRecord } from '../../../src/learning/model.ts';
import { signatureOf } from '../../../src/learning/signature.ts';
import { folderWith } from '../../config/support.ts';
import { anEvent, openLog } from '../../event-log/events.ts';
import { aRecovery, aRepair, openRepairs } from '../../learning/records.ts';

export const now = Date.parse('2026-02-05T00:00:00.000Z');
export const error = 'dial tcp 10.0.0.7:443: connect: network is unreachable';
export const sig = signatureOf(error).id;
export const repairCommand = ['systemctl', 'restart', 'tunnel'];

export const aFailure = (fields: Partial<HealingEvent> = {}): HealingEvent =>
  anEvent({
    ...{ tool: 'get_pods', error, class: 'network', pattern: 'network.unreachable' },
    ...{ fix_applied: null, fixes: [], result: 'failure', outcome: 'failed', timestamp: '2026-02-04T10:00:00.000Z' },
    sig: signatureOf(fields.error ?? error).id,
    ...fields,
  });

/** One that failed for long with nothing run: of another call each time, on the day before the repairs. */
const stillFailing = (index: number): LearningRecord => ({
  ...aRecovery({ sig, tool: 'get_pods', window_ms: 600_000, timestamp: '2026-02-03T10:00:00.000Z' }),
  args: String(index).padStart(16, '0'),
  kind: 'still_failing',
});

/** What a person's repairs leave behind: `repairs` of them succeeded, and it did not recover by itself `gaps` times. */
export const repaired = (repairs: number, gaps = 40): readonly LearningRecord[] => [
  ...Array.from({ length: gaps }, (_, index) => stillFailing(index)),
  ...Array.from({ length: repairs }, (_, index) => {
    const timestamp = `2026-02-04T10:${30 + index}:04.100Z`;
    return aRepair({ sig, tool: 'get_pods', action: { run: repairCommand }, timestamp });
  }),
];

export interface Memory {
  readonly events?: readonly HealingEvent[];
  readonly records?: readonly LearningRecord[];
  readonly config?: string;
}

/** A folder with a configuration, a log, and the records of repairs. */
export const folderOf = async ({ events = [aFailure()], records = [], config }: Memory = {}): Promise<string> => {
  const folder = await folderWith(config === undefined ? {} : { 'healflow.yaml': config });
  const { log } = openLog(`${folder}/memory`);
  for (const event of events) log.append(event);
  log.close();
  const repairs = openRepairs(`${folder}/memory`);
  for (const record of records) repairs.log.append(record);
  return folder;
};

/** A terminal at which these lines are typed. */
export const typing = (...lines: readonly string[]): PersonTerminal & { readonly shown: () => string } => {
  let shown = '';
  const output = Object.assign(new PassThrough(), { isTTY: true });
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(lines.map((line) => `${line}\n`).join(''));
  return { input, output, env: {}, shown: () => shown };
};

/** No terminal, as in a script or an agent's shell. */
export const withoutTerminal = (...lines: readonly string[]): PersonTerminal => {
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(''));
  return { input, output: new PassThrough(), env: {} };
};
