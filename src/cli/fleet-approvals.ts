import { redactorFor } from '../config/redactor.ts';
import { type Approval, type Decision, decideApproval, listApprovals } from '../fleet/approval-list.ts';
import { databaseError, FleetDatabaseError, isForbidden } from '../fleet/database-error.ts';
import { shortLine } from '../text/one-line.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { type ConnectionOptions, withFleetDatabase } from './fleet-connection.ts';
import { type Io, outputTo, processIo } from './io.ts';

export interface ApprovalsOptions extends ConnectionOptions {
  readonly all?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export interface DecisionOptions extends ConnectionOptions {
  readonly reason?: string | undefined;
}

const maxReason = 1_000;

const at = (time: string): string => time.replace('T', ' ').replace('Z', ' UTC');

const because = (reason: string | null): string => (reason === null ? '' : `: ${reason}`);

const block = (approval: Approval): string => {
  const { id, state, key, action, tool, reason, askedAt, askedBy, expiresAt } = approval;
  const { decidedAt, decidedBy, decisionReason, usedAt } = approval;
  const lines = [
    ['action', action],
    ['because', `${tool} has failed: ${reason}`],
    ['asked', `${at(askedAt)} by ${askedBy}`],
    ...(decidedAt === null ? [] : [['decided', `${at(decidedAt)} by ${decidedBy}${because(decisionReason)}`]]),
    ...(usedAt === null ? [] : [['used', at(usedAt)]]),
    ['ends', at(expiresAt)],
  ].map(([title = '', text = '']) => `  ${title.padEnd(8)} ${printable(text)}\n`);
  return `${[id, state, key].map(printable).join('  ')}\n${lines.join('')}`;
};

/** Without the right, the database names a view or a function; this names the way out. */
const withAdvice = async <T>(role: string, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    const failure = databaseError(error);
    if (!isForbidden(failure)) throw failure;
    const advice = `${failure.message}; name the variable with the URL of ${role} of the fleet with --url-env`;
    throw new FleetDatabaseError('unusable', advice, { cause: failure });
  }
};

/** Shows the questions to the approvers of a fleet; resolves with the exit code. */
export const fleetApprovals = (options: ApprovalsOptions, io: Io = processIo()): Promise<number> =>
  withFleetDatabase(options, io, async (database) => {
    const approvals = await withAdvice('a reader or an approver', listApprovals(database, options.all === true));
    const shown = approvals.length === 0 ? 'there are no questions\n' : approvals.map(block).join('\n');
    await outputTo(io.stdout).write(options.json === true ? `${printableJson(JSON.stringify(approvals))}\n` : shown);
    return 0;
  });

const undecided = (id: string, state: Decision['state']): string => {
  if (state === null) return `there is no question ${id}: \`healflow fleet approvals\` shows them`;
  if (state === 'used') return `the approval ${id} has been used`;
  return `the question ${id} has expired; the next such failure asks again`;
};

/** Approves or denies a question; resolves with the exit code. */
export const fleetDecide = (
  id: string,
  approve: boolean,
  options: DecisionOptions,
  io: Io = processIo(),
): Promise<number> =>
  withFleetDatabase(options, io, async (database, config) => {
    const redact = redactorFor(config, io.env);
    const reason = options.reason === undefined ? null : shortLine(redact(options.reason), maxReason);
    const made = await withAdvice('an approver', decideApproval(database, { id, approve, reason }));
    if (!made.decided) {
      await outputTo(io.stderr).write(`healflow: ${printable(undecided(id, made.state))}\n`);
      return 1;
    }
    const holds = approve ? 'for one run, until' : 'until';
    const text = `${approve ? 'approved' : 'denied'} ${id}, ${holds} ${at(made.expiresAt)}: ${made.key} ${made.action}`;
    await outputTo(io.stdout).write(`${printable(text)}\n`);
    return 0;
  });
