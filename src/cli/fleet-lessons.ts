import { systemClock } from '../clock.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { lessonsDir } from '../config/paths.ts';
import { resolveMemoryDir } from '../event-log/index.ts';
import { FleetDatabaseError } from '../fleet/database-error.ts';
import { bodyOf } from '../fleet/fleet-lesson.ts';
import { type ListedLesson, listLessons, publishLesson } from '../fleet/lesson-list.ts';
import { readKnowledge } from '../learning/knowledge.ts';
import { isUp, type Lesson } from '../learning/lesson.ts';
import { evidenceFor, lessonTaint } from '../learning/lesson-evidence.ts';
import { readLesson } from '../learning/lesson-file.ts';
import { lessonSummary } from '../learning/lesson-summary.ts';
import type { Odds, Rung } from '../learning/model.ts';
import type { Taint } from '../learning/taint.ts';
import { oddsText } from '../text/odds.ts';
import { shortLine } from '../text/one-line.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { type ConnectionOptions, withFleetDatabase } from './fleet-connection.ts';
import { type Io, outputTo, processIo } from './io.ts';
import { widthOf } from './learn/layout.ts';
import { approvalsOf, redactorOf } from './learn/lessons.ts';
import { taintLines, taintQuestions } from './learn/move.ts';
import { confirmTyped, inRed, isTerminal, type PersonTerminal, processTerminal } from './learn/person.ts';
import { LearnRefusal, refusing } from './learn/workspace.ts';

export interface LessonListOptions extends ConnectionOptions {
  readonly json?: boolean | undefined;
}

export interface PublishOptions extends ConnectionOptions {
  readonly rung?: string | undefined;
  readonly reason?: string | undefined;
}

const maxReason = 1_000;

const knownText = ({ odds, trials }: Odds): string =>
  odds === null ? 'odds unknown, no run yet' : `odds ${oddsText(odds)}, ${trials.succeeded} of ${trials.of} runs`;

const block = ({ name, rung, version, approvedRung, approvedBy, approvedAt, body, odds }: ListedLesson): string => {
  const moved = rung === approvedRung ? '' : `, moved down from ${approvedRung}`;
  const lines = [
    `${name}  ${rung}${moved}  version ${version}`,
    `  approved ${approvedAt} by ${approvedBy}`,
    `  ${knownText(odds)}`,
    `  ${body}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
};

/** Shows the lessons of a fleet; resolves with the exit code. */
export const fleetLessons = (options: LessonListOptions, io: Io = processIo()): Promise<number> =>
  withFleetDatabase(options, io, async (database) => {
    const lessons = await listLessons(database);
    const text = lessons.length === 0 ? 'there are no lessons\n' : lessons.map(block).join('\n');
    await outputTo(io.stdout).write(options.json === true ? `${printableJson(JSON.stringify(lessons))}\n` : text);
    return 0;
  });

/** The arguments of its command that a tool of this machine may have suggested. */
const taintOf = async (lesson: Lesson, loaded: LoadedConfig, { cwd }: Io): Promise<readonly Taint[]> => {
  const memoryDir = resolveMemoryDir({ memory: undefined, config: loaded, cwd });
  const knowledge = await readKnowledge(memoryDir, { now: systemClock.now(), lessons: [lessonSummary(lesson)] });
  return lessonTaint(lesson, evidenceFor(lesson, knowledge), memoryDir);
};

/** Has a person type the name of the lesson and each tainted argument, on a terminal; nothing else moves a lesson up. */
const confirm = async (name: string, to: Rung, taints: readonly Taint[], terminal: PersonTerminal): Promise<void> => {
  if (!isTerminal(terminal)) {
    throw new LearnRefusal(
      `the lesson '${name}' was not published: only a person moves a lesson up, on a terminal; there is no option for it`,
    );
  }
  const question = `type the name of the lesson to publish it at ${to} for all machines:`;
  const refused = await confirmTyped([...taintQuestions(taints), { question, expected: name }], terminal);
  if (refused === null) return;
  throw new LearnRefusal(
    `${refused === 'cancelled' ? 'cancelled' : 'that is not the same'}; the lesson '${name}' was not published`,
  );
};

const conflict = (name: string): FleetDatabaseError =>
  new FleetDatabaseError(
    'unusable',
    `somebody else has changed the lesson '${name}' meanwhile: look at it, and try again`,
  );

/**
 * Publishes a lesson of the folder for all machines of a fleet, at its rung or a lower one; resolves with the exit code.
 *
 * @throws HealError if the configuration is invalid, or there is no fleet.
 */
export const fleetPublish = (
  name: string,
  options: PublishOptions,
  io: Io = processIo(),
  terminal: PersonTerminal = processTerminal(),
): Promise<number> =>
  refusing(io, async () => {
    const loaded = await loadConfig({ configFile: options.config, cwd: io.cwd });
    const redact = redactorOf(loaded, io);
    const lesson = readLesson(lessonsDir(loaded), name, redact, approvalsOf(loaded, io));
    const to = (options.rung ?? lesson.rung) as Rung;
    if (to === 'proposed' || to === 'retired' || isUp(lesson.rung, to)) {
      const here = `its rung here is \`${lesson.rung}\``;
      throw new LearnRefusal(
        `the lesson '${name}' cannot be published at \`${to}\`: ${here}; \`healflow learn\` moves it up first`,
      );
    }
    const body = bodyOf(lesson.content);
    if (redact(body) !== body) throw new LearnRefusal(`the lesson '${name}' was not published: it contains a secret`);
    return withFleetDatabase(options, io, async (database) => {
      const known = (await listLessons(database)).find((one) => one.name === name);
      const isSame = known?.body === body;
      const from = known === undefined ? 'new' : `${known.rung}, version ${known.version}`;
      const changed = known === undefined || isSame ? '' : `  was   ${printable(known.body)}\n`;
      await outputTo(io.stdout).write(
        `lesson ${printable(name)} of the fleet: ${from} -> ${to}\n${changed}  ${isSame ? 'is' : 'new'}   ${printable(body)}\n`,
      );
      if (known === undefined || !isSame || isUp(known.rung, to)) {
        const taints = await taintOf(lesson, loaded, io);
        const shown =
          'use' in lesson.content.fix ? [] : taintLines(taints, widthOf(io), (text) => inRed(text, terminal));
        if (shown.length > 0) await outputTo(io.stdout).write(`\n${shown.join('\n')}\n\n`);
        await confirm(name, to, taints, terminal);
      }
      const reason = options.reason === undefined ? null : shortLine(redact(options.reason), maxReason);
      const version = known?.version ?? 0;
      const made = await publishLesson(database, { name, body, rung: to, version, reason });
      if (!made.published) throw conflict(name);
      await outputTo(io.stdout).write(
        `published ${printable(name)} at ${to}, version ${made.version}${to === 'auto' ? '; it runs on 5 % of the machines first' : ''}\n`,
      );
      return 0;
    });
  });

/** Retires a lesson of a fleet; resolves with the exit code. */
export const fleetRetire = (
  name: string,
  options: ConnectionOptions & { readonly reason: string },
  io: Io = processIo(),
): Promise<number> =>
  withFleetDatabase(options, io, async (database) => {
    const known = (await listLessons(database)).find((one) => one.name === name);
    if (known === undefined) {
      throw new FleetDatabaseError(
        'unusable',
        `the fleet has no lesson '${name}': \`healflow fleet lessons\` shows them`,
      );
    }
    const reason = shortLine(options.reason, maxReason);
    const { version } = known;
    const made = await publishLesson(database, { name, body: null, rung: 'retired', version, reason });
    if (!made.published) throw conflict(name);
    await outputTo(io.stdout).write(`retired ${printable(name)}, version ${made.version}\n`);
    return 0;
  });
