import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HealError } from '../../errors.ts';
import { settingsFrom } from '../../fleet/settings.ts';
import { secondsText } from '../../text/duration.ts';
import { errorText } from '../../text/error-text.ts';
import { secretsOf } from '../log-check.ts';
import { fleetPeers } from '../peers.ts';
import { type DemoRun, runDemo } from '../run-demo.ts';
import { letTokenExpire } from '../scenes.ts';
import { startWorld, type World } from '../world/world.ts';
import { decide, readQuestion } from './approval.ts';
import { type DemoDatabase, prepareDatabase } from './database.ts';
import { awaitEvents, showEvents } from './events.ts';
import { type DemoMachine, machineNames, startMachines } from './machines.ts';
import { metaOf, showCall, showLine } from './show-call.ts';
import { assertPostgres, startThrowAway } from './throw-away.ts';

export interface FleetDemoOptions {
  /** The environment variable with the URL of an administrator of a PostgreSQL. @default a PostgreSQL that is started for the demo */
  readonly urlEnv?: string | undefined;
  /** The file with the certificates that the TLS of `urlEnv` is verified against. @default those of Node */
  readonly caFile?: string | undefined;
  /** Whether the demo approves by itself. @default unless it runs in a terminal */
  readonly approve?: boolean | undefined;
}

/** Time limit of the demo, which usually takes about 12 s. */
const limitMs = 120_000;
/** The same if a person is asked. */
const limitWithPersonMs = 900_000;

/** What the scenes share. */
interface FleetStage extends DemoRun {
  readonly world: World;
  readonly database: DemoDatabase;
  readonly machines: readonly DemoMachine[];
}

const title = ({ screen }: DemoRun, number: number, text: string): void =>
  screen.line(`${screen.paint('cyan', `${number}`)}  ${screen.paint('bold', text)}`);

const unless = (isSo: boolean, problem: string): string[] => (isSo ? [] : [problem]);

/** The token expires under calls on all machines at once. */
const renewOnce = async (stage: FleetStage): Promise<string[]> => {
  const { screen, world, machines, signal } = stage;
  title(stage, 1, 'An access token expires under calls on three machines');
  await letTokenExpire(world);
  const calls = await Promise.all(machines.map(({ client }) => client.call('list_orders', {}, signal)));
  for (const [index, called] of calls.entries()) showCall(screen, machines[index]?.name ?? '', called);
  const { oauth, orders } = world;
  showLine(screen, 'servers saw', `rejected ${orders.rejected}, tokens refreshed ${oauth.refreshes}`);
  screen.line();
  return [
    ...unless(
      calls.every((called) => !called.failed),
      'not all calls succeeded',
    ),
    ...unless(
      calls.every((called) => metaOf(called)?.outcome === 'healed'),
      'not all calls were healed',
    ),
    ...unless(oauth.refreshes === 1, `the token was refreshed ${oauth.refreshes} times instead of once`),
  ];
};

/** The log of all machines is read from the database. */
const readOneLog = async (stage: FleetStage): Promise<string[]> => {
  const { screen, database, machines, world, signal } = stage;
  title(stage, 2, 'The events of all machines, read from the database');
  const events = await awaitEvents(database, machines.length, signal);
  showEvents(screen, machines, events);
  const from = new Set(events.map(({ machine }) => machine));
  const text = JSON.stringify(events);
  const secrets = await secretsOf(world);
  return [
    ...unless(
      machines.every(({ id }) => from.has(id)),
      `the database has events of ${from.size} of ${machines.length} machines`,
    ),
    ...unless(!secrets.some((secret) => text.includes(secret)), 'the database contains a secret'),
  ];
};

/** A fix waits for its approval, and another machine runs it. */
const askFirst = async (stage: FleetStage, asksPerson: boolean): Promise<string[]> => {
  const { screen, world, database, signal } = stage;
  const [first, second, third] = stage.machines;
  if (first === undefined || second === undefined || third === undefined) throw new Error('machines are missing');
  title(stage, 3, 'A fix that a person has to approve: the gateway to the wiki is down');
  const asked = await first.client.call('read_wiki', {}, signal);
  showCall(screen, first.name, asked);
  const question = await readQuestion(database);
  if (question === undefined) return ['nobody was asked for an approval'];
  const { id, key, action, askedBy, expiresAt } = question;
  showLine(screen, 'the question', `${id}: ${key} ${action}`);
  showLine(screen, '', `asked by ${askedBy}, until ${expiresAt}`);
  // If it lived on, it would run the fix by itself.
  await first.client.close?.();
  showLine(screen, '', `${first.name} has ended; the question stays`);
  const problems = await decide(question, database, stage, asksPerson);
  const healed = await second.client.call('read_wiki', {}, signal);
  showCall(screen, second.name, healed);
  const after = await third.client.call('read_wiki', {}, signal);
  showCall(screen, third.name, after);
  const state = (await readQuestion(database))?.state;
  showLine(screen, 'the approval', `is ${state ?? 'gone'}; gateways started: ${world.vpn.tunnels}`);
  screen.line();
  if (state === 'denied') return problems;
  return [
    ...problems,
    ...unless(metaOf(asked)?.approval === 'pending', 'the first call did not wait for an approval'),
    ...unless(!healed.failed && metaOf(healed)?.outcome === 'healed', 'the approved fix did not heal the next call'),
    ...unless(!after.failed && world.vpn.tunnels === 1, 'the fix did not run once for all machines'),
    ...unless(state === 'used', `the approval is ${state} instead of used`),
  ];
};

interface Play {
  readonly adminUrl: string | undefined;
  readonly caFile: string | undefined;
  readonly asksPerson: boolean;
}

const play = async (run: DemoRun, { adminUrl, caFile, asksPerson }: Play): Promise<number> => {
  const { screen, folder, closing, signal } = run;
  const startedAt = performance.now();
  const which = adminUrl === undefined ? 'a PostgreSQL of its own' : 'the PostgreSQL that was named';
  screen.line(`${screen.paint('bold', 'healflow demo --fleet')}  three machines, one fix, one log, one approval`);
  screen.line();
  screen.line(`Three \`healflow proxy\`, each with folders of its own, share their fixes through ${which}.`);
  screen.line();
  const files = join(folder, 'world');
  await mkdir(files);
  const startDatabase = async (): Promise<DemoDatabase> =>
    prepareDatabase(adminUrl ?? (await startThrowAway(run)), closing, caFile);
  const startServers = async (): Promise<World> => {
    const world = await startWorld(files, { refreshedTokenSeconds: 600, rejectTogether: machineNames.length });
    closing.add(() => world.close());
    return world;
  };
  const [database, world] = await Promise.all([startDatabase(), startServers()]);
  signal.throwIfAborted();
  const machines = await startMachines(world, database, run);
  const stage: FleetStage = { ...run, world, database, machines };
  const problems = [...(await renewOnce(stage)), ...(await readOneLog(stage)), ...(await askFirst(stage, asksPerson))];
  const isGood = problems.length === 0;
  const result = screen.paint(isGood ? 'green' : 'red', isGood ? 'all as expected' : 'not as expected');
  screen.line(`   ${result} in ${secondsText(performance.now() - startedAt)}; the demo removes what it has made`);
  if (isGood) return 0;
  for (const problem of problems) console.error(`healflow: ${problem}`);
  for (const { name, client } of machines) {
    if (client.stderr() !== '') console.error(`Output of the proxy of ${name}:\n${client.stderr()}`);
  }
  return 1;
};

const urlFrom = (urlEnv: string, caFile: string | undefined): string => {
  try {
    settingsFrom({ urlEnv, caFile }, process.env);
  } catch (error) {
    throw new HealError('CONFIG_INVALID', errorText(error));
  }
  return process.env[urlEnv] ?? '';
};

/**
 * Runs the demo of a fleet: three proxies on this machine, as if each were on a machine of its own, share a fix, a log and an
 * approval through a PostgreSQL.
 *
 * @returns the exit code: 0 if all was as promised, otherwise 1.
 * @throws HealError `PEER_MISSING` if there is no PostgreSQL, `CONFIG_INVALID` if the URL cannot be used.
 */
export const demoFleet = async ({ urlEnv, caFile: given, approve }: FleetDemoOptions = {}): Promise<number> => {
  const caFile = given === undefined ? undefined : resolve(given);
  const adminUrl = urlEnv === undefined ? undefined : urlFrom(urlEnv, caFile);
  if (adminUrl === undefined) assertPostgres();
  const asksPerson = approve !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const options = {
    peers: fleetPeers,
    limitMs: asksPerson ? limitWithPersonMs : limitMs,
    removeFiles: (folder: string) => rmSync(folder, { recursive: true, force: true }),
  };
  return runDemo(options, (run) => play(run, { adminUrl, caFile, asksPerson }));
};
