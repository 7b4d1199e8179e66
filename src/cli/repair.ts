import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../clock.ts';
import { ownEntries } from '../config/fix-entries.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { HealError } from '../errors.ts';
import { timestampOf } from '../event-log/event.ts';
import { resolveMemoryDir } from '../event-log/index.ts';
import { checkWaitingCall, listWaitingCalls } from '../learning/ask-checks.ts';
import { type Bracket, bracketRepair, checkMs } from '../learning/bracket.ts';
import { actionText, readKnowledge } from '../learning/knowledge.ts';
import type { CheckResult, Odds, RepairAction, Repaired } from '../learning/model.ts';
import { lockRepair } from '../learning/repair-lock.ts';
import { createRepairLog } from '../learning/repair-log.ts';
import { RepairRunningError } from '../learning/repair-running.ts';
import type { CheckReport } from '../learning/waiting-calls.ts';
import { runInTerminal, type TerminalResult } from '../platform/command.ts';
import { systemRandom } from '../random.ts';
import type { Redactor } from '../redact/index.ts';
import { makeProbe, type ProbeEntry } from '../runner/probe.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';
import { showCommand } from '../text/command-line.ts';
import { durationText } from '../text/duration.ts';
import { oddsText } from '../text/odds.ts';
import { printable } from '../text/sanitize.ts';
import { endSignals } from './end-signals.ts';
import { type Io, processIo } from './io.ts';
import { lessonSummaries, readLessonFolder } from './learn/lessons.ts';
import { agoText, sayTo, wrapError } from './repair-lines.ts';
import { checkProbe, configuredProbe, parseProbe } from './repair-probe.ts';
import { chooseTarget, type RepairTarget } from './repair-target.ts';

export interface RepairOptions {
  /** The tool whose failure is repaired; `*` matches any characters. */
  readonly tool?: string | undefined;
  /** The signature of the failure. */
  readonly sig?: string | undefined;
  /** What is checked if the call cannot be made again. */
  readonly probe?: string | undefined;
  readonly config?: string | undefined;
  readonly memory?: string | undefined;
  /** Runs the command also if the call succeeds already, or none is known to fail. */
  readonly force?: boolean | undefined;
}

/** How long it is checked after the command, in ms. */
const patienceMs = 30_000;

const usage = 'usage: healflow repair [--tool NAME] [--sig ID] [--probe PROBE] -- COMMAND [ARG...]';

/** What was run: the fix of `fixes.own` that has the same command, so that it is evidence for that fix; else the command itself. */
const actionOf = (command: readonly string[], { config: { fixes } }: LoadedConfig): RepairAction => {
  const own = ownEntries(fixes).find(([, entries]) =>
    entries.some((entry) => isDeepStrictEqual(entry.command, command)),
  );
  return own === undefined ? { run: command } : { use: own[0] };
};

interface Checking {
  readonly checked: Repaired['checked'];
  readonly check: () => Promise<
    Pick<CheckReport, 'result' | 'line' | 'isOver'> & Partial<Pick<CheckReport, 'signature'>>
  >;
}

const probing = (entry: ProbeEntry, io: Io, redact: Redactor): Checking => {
  const env = io.env as NodeJS.ProcessEnv;
  const context = { baseDir: io.cwd, clock: systemClock, random: systemRandom, redact, env };
  const whole = Object.fromEntries(Object.entries(io.env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  const probe = makeProbe(entry, { context, cwd: io.cwd, env: whole });
  return {
    checked: 'probe',
    check: async () => {
      const { healthy, reason } = await probe(new AbortController().signal);
      return healthy ? { result: 'succeeded', line: null } : { result: 'failed', line: redact(reason) };
    },
  };
};

/** How a failure is checked: by its call, else by a probe, else not at all. */
const checkingOf = (
  target: RepairTarget,
  options: RepairOptions,
  loaded: LoadedConfig,
  io: Io,
  redact: Redactor,
): Checking => {
  const given = options.probe === undefined ? undefined : parseProbe(options.probe);
  if (given !== undefined) checkProbe(given, options.probe, io);
  const { call } = target;
  if (call !== undefined) return { checked: 'call', check: () => checkWaitingCall(call, checkMs, systemClock) };
  const entry = given ?? configuredProbe(loaded, redact, target);
  if (entry !== undefined) checkProbe(entry, options.probe, io);
  if (entry !== undefined) return probing(entry, io, redact);
  return { checked: null, check: async () => ({ result: 'unknown', line: null, isOver: true }) };
};

const states: Readonly<Record<CheckResult, string>> = {
  failed: 'still failing',
  succeeded: 'working',
  unknown: 'not known whether it works',
};

const knownText = ({ odds, trials }: Odds): string =>
  odds === null ? 'no evidence yet' : `${trials.succeeded} of ${trials.of}, odds ${oddsText(odds)}`;

const endText = (argv: readonly string[], { exitCode, signal }: TerminalResult): string =>
  exitCode === null
    ? `${showCommand(argv.slice(0, 1))} was ended by ${signal}`
    : `${showCommand(argv.slice(0, 1))} ended with code ${exitCode}`;

/** The exit code of a shell for a command that a signal has ended. */
const signalCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGKILL: 137,
  SIGTERM: 143,
};

const notWaiting = ({ tool, since }: RepairTarget, now: number): HealError =>
  new HealError(
    'CONFIG_INVALID',
    `no failing call waits: the last failure of ${printable(tool)} (${agoText(now - since)}) is over, or its process has ended; --force runs it anyway`,
  );

/**
 * Runs a command that repairs a failure, checks right before and right after it whether the call that had failed succeeds, and records that.
 *
 * Resolves with the exit code: that of the command unless it is 0; then 1 if the call still fails, else 0.
 *
 * @throws HealError `CONFIG_INVALID` if there is no command, no failure that waits, or several.
 */
export const repair = (command: readonly string[], options: RepairOptions, io: Io = processIo()): Promise<number> =>
  runRepair(command, options, io).catch((error: unknown) => {
    throw wrapError(error, io);
  });

const runRepair = async (command: readonly string[], options: RepairOptions, io: Io): Promise<number> => {
  const say = sayTo(io);
  if (command.length === 0) throw new HealError('CONFIG_INVALID', `no command was given; ${usage}`);
  const clock = systemClock;
  const env = io.env as NodeJS.ProcessEnv;
  const loaded = await loadConfig({ configFile: options.config, cwd: io.cwd });
  const redact = redactorFor(loaded.config, env);
  const ownMemoryDir = resolveMemoryDir({ memory: options.memory, config: loaded, cwd: io.cwd });
  const stateDir = resolveStateDir({ configured: loaded.config.stateDir, env, cwd: loaded.baseDir });
  const target = await chooseTarget(await listWaitingCalls(stateDir, clock), options, ownMemoryDir, clock.now());
  if (target === undefined) {
    const of = `${options.tool === undefined ? '' : ` of ${options.tool}`}${options.sig === undefined ? '' : ` with the signature ${options.sig}`}`;
    throw new HealError(
      'CONFIG_INVALID',
      `no failure${of} waits in a healflow process or is in the log: there is nothing to repair`,
    );
  }
  const { tool, sig, args } = target;
  const memoryDir = options.memory === undefined ? target.memoryDir : ownMemoryDir;
  const { checked, check } = checkingOf(target, options, loaded, io, redact);
  const { force = false } = options;
  const mayWait = target.isWaiting || !loaded.config.learn.checks;
  if (checked === null && !mayWait && !force) throw notWaiting(target, clock.now());
  const what = checked === 'probe' ? `the probe for ${tool}` : tool;

  const unlock = await lockRepair(stateDir, clock, sig).catch((error: unknown) => {
    throw error instanceof RepairRunningError ? new HealError('CONFIG_INVALID', error.message) : error;
  });
  let ended: TerminalResult | undefined;
  // Ctrl-C goes to the command as well, which decides what it means. Only a second one ends what follows.
  const signals = endSignals();
  const terminated = new AbortController();
  const onTerminate = (): void => terminated.abort();
  process.once('SIGTERM', onTerminate);
  let isGone = false;
  const act = async (): Promise<void> => {
    if (isGone && !force) throw notWaiting(target, clock.now());
    ended = await runInTerminal(command, { cwd: io.cwd, env }, terminated.signal);
    if (ended.notStarted !== null || ended.exitCode === null || signals.first.aborted) throw new Interrupted();
    if (ended.exitCode !== 0) say(endText(command, ended));
  };
  let checks = 0;
  const told = async () => {
    const found = await check();
    checks += 1;
    const isOther = found.result === 'failed' && found.signature && found.signature.id !== sig;
    if (checks === 1) {
      isGone = checked === 'call' && found.isOver === true;
      if (found.result === 'failed')
        say(`${what} fails${isOther ? ' in another way, so this is no evidence' : ''}: ${found.line ?? target.line}`);
    } else if (checks === 2 && found.result !== 'succeeded' && !found.isOver) {
      const state = isOther ? 'failing in another way' : states[found.result];
      say(`${what}: ${state}; checking for up to ${patienceMs / 1_000} s; Ctrl-C ends that`);
    }
    return found;
  };
  if (checked === null) say(`${tool} failed: ${target.line}`);
  let bracket: Bracket;
  try {
    bracket = await bracketRepair({
      check: told,
      act,
      clock,
      sig,
      force,
      patienceMs,
      cancels: signals.first,
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return interrupted(ended, command, say);
  } finally {
    signals.ignore();
    process.removeListener('SIGTERM', onTerminate);
    await unlock();
  }
  const { ran, before, after, windowMs, limitMs } = bracket;
  if (!ran) {
    say(
      `${what} succeeds already, so ${showCommand(command.slice(0, 1))} was not run: it could prove nothing. --force runs it all the same.`,
    );
    return 0;
  }
  const exitCode = ended?.exitCode ?? 1;
  // A command that says that it failed is no repair, whatever happened meanwhile; if the call still fails, both say so.
  const isChecked = exitCode === 0 || (before === 'failed' && after === 'failed');
  const counts = checked !== null && isChecked && before === 'failed' && after !== 'unknown';
  const action = actionOf(command, loaded);
  const log = createRepairLog({ memoryDir, redact, warn: say });
  log.append({
    ...{ kind: 'repaired', timestamp: timestampOf(clock.now()), tool, sig, args, action },
    ...{ checked: isChecked ? checked : null, before, after, window_ms: windowMs, limit_ms: Math.round(limitMs) },
  });
  const seen =
    checked === null
      ? 'nothing could be checked'
      : `${beforeText[before]}, ${states[after]} after ${durationText(windowMs)}`;
  if (counts)
    say(`${what}: ${seen}; ${await knownOdds({ memoryDir, sig, action, now: clock.now() }, loaded, redact, io)}`);
  else
    say(
      `${what}: ${seen}; recorded as a note, which is no evidence${exitCode === 0 ? '' : ', because the command failed'}`,
    );
  if (checked === null)
    say(
      `pass --probe, or configure a fix with a probe: ${mayWait ? 'only a call of a read-only tool is made again for a check' : 'no process knows the failing call'}`,
    );
  return exitCode !== 0 ? exitCode : signals.first.aborted ? 130 : after === 'failed' ? 1 : 0;
};

const beforeText: Readonly<Record<CheckResult, string>> = {
  failed: 'failing before',
  succeeded: 'working before',
  unknown: 'not known before',
};

class Interrupted extends Error {}

/** Nothing is recorded of a command that did not come to its own end. */
const interrupted = (
  ended: TerminalResult | undefined,
  command: readonly string[],
  say: (text: string) => void,
): number => {
  if (ended === undefined) return 1;
  if (ended.notStarted !== null) {
    say(`${ended.notStarted}; nothing was recorded`);
    return 2;
  }
  say(`${endText(command, ended)}; nothing was recorded`);
  return ended.exitCode || (ended.signal === null ? 130 : (signalCodes[ended.signal] ?? 1));
};

/** What is known of an action now: the same numbers as those of `healflow learn`. */
const knownOdds = async (
  { memoryDir, sig, action: run, now }: { memoryDir: string; sig: string; action: RepairAction; now: number },
  loaded: LoadedConfig,
  redact: Redactor,
  io: Io,
): Promise<string> => {
  try {
    const lessons = await lessonSummaries(await readLessonFolder(loaded, redact, io));
    const { failures } = await readKnowledge(memoryDir, { now, only: sig, lessons });
    const known = failures[0]?.actions.find(({ action }) => actionText(action) === actionText(run));
    return known === undefined
      ? 'a secret in the command was masked, so that it proposes nothing'
      : knownText(known.odds);
  } catch {
    return 'the odds cannot be read';
  }
};
