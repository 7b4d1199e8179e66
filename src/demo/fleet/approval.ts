import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Approval, listApprovals } from '../../fleet/approval-list.ts';
import { showCommand } from '../../text/command-line.ts';
import type { DemoRun } from '../run-demo.ts';
import type { DemoDatabase } from './database.ts';
import { healflowCommand } from './machines.ts';
import { showLine } from './show-call.ts';

/** The environment variable in which an approver has the URL of the database. */
const approverUrlEnv = 'HEALFLOW_APPROVER_URL';

const argumentsFor = ({ id }: Approval, { caFile }: DemoDatabase): string[] => [
  ...['fleet', 'approve', id, '--url-env', approverUrlEnv],
  ...(caFile === undefined ? [] : ['--ca-file', caFile]),
];

/** Runs the command of an approver as a process of its own; resolves with its output and exit code. */
const runCommand = (question: Approval, database: DemoDatabase, { folder, closing }: DemoRun) =>
  new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    const [command = '', ...args] = healflowCommand(...argumentsFor(question, database));
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, [approverUrlEnv]: database.approverUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    closing.addKill(() => child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });

/** The newest question; undefined if nobody has asked. */
export const readQuestion = async ({ approver }: DemoDatabase): Promise<Approval | undefined> =>
  (await listApprovals(approver, true))[0];

/** Waits until a person has decided, in another terminal. */
const awaitDecision = async (database: DemoDatabase, signal: AbortSignal): Promise<Approval | undefined> => {
  for (;;) {
    const question = await readQuestion(database);
    if (question?.state !== 'pending') return question;
    await sleep(500, undefined, { signal });
  }
};

/**
 * Has a question decided: by a person in another terminal, or by another process that runs the same command.
 *
 * @returns the problems.
 */
export const decide = async (
  question: Approval,
  database: DemoDatabase,
  run: DemoRun,
  asksPerson: boolean,
): Promise<string[]> => {
  const { screen, signal } = run;
  const command = showCommand(['npx', 'healflow', ...argumentsFor(question, database)]);
  if (!asksPerson) {
    showLine(screen, 'another process', command);
    const { code, output } = await runCommand(question, database, run);
    showLine(screen, '', output);
    return code === 0 ? [] : [`the approval failed: ${output}`];
  }
  screen.line('   Approve it in another terminal (or `fleet deny`):');
  screen.line();
  screen.line(`   ${approverUrlEnv}=${showCommand([database.approverUrl])} ${command}`);
  screen.line();
  const decided = await awaitDecision(database, signal);
  showLine(screen, decided?.state ?? 'gone', `by ${decided?.decidedBy ?? 'nobody'}`);
  return [];
};
