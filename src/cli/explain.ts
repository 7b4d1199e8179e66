import { text as readAll } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { entriesOfFix } from '../config/fix-entries.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { causeOf, createDiagnoser, outputOf } from '../diagnosis/index.ts';
import { type ActiveLesson, withLesson } from '../healer/lessons.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { type Channel, type FixName, isLessonFix, type OnError, type ToolKind, toolKinds } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import { bindingTest, mayHideOutage, orderFixes } from '../policy/fix-order.ts';
import { anyGlobTest } from '../policy/glob.ts';
import { isWaitedFor } from '../policy/outage.ts';
import { decideRepeat, evidenceText, type RepeatDecision } from '../policy/repeat.ts';
import { createToolRules } from '../policy/tool-rules.ts';
import { durationText } from '../text/duration.ts';
import { printable, printableJson } from '../text/sanitize.ts';
import { excerptOf } from './excerpt.ts';
import { activeLessonsOf, type ExplainedLesson, explainedLesson, lessonFor, lessonText } from './explain-lesson.ts';
import { type Io, outputTo, processIo } from './io.ts';
import { patternDraft } from './pattern-draft.ts';

export interface ExplainOptions {
  readonly tool?: string | undefined;
  readonly channel?: Channel | undefined;
  /** Only the decision for this kind of tool. */
  readonly kind?: ToolKind | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

export interface Explanation {
  readonly tool: string;
  readonly channel: Channel;
  /** Whether the channel was not given. */
  readonly isAssumed: boolean;
  readonly diagnosis: Diagnosis;
  readonly cause: string | null;
  /** The line that contains the match, and the range of the match in it. */
  readonly excerpt: { readonly line: string; readonly start: number; readonly length: number } | null;
  /** The proposed fixes in the order in which they are tried, and whether the configuration enables them for the tool. */
  readonly fixes: readonly { readonly fix: FixName; readonly configured: boolean }[];
  /** The fix whose probe is asked first, since the failure may hide an outage; null if none is. */
  readonly probe: FixName | null;
  /** The lesson that is at work for the failure; null if there is none. */
  readonly lesson: ExplainedLesson | null;
  /** What the configuration says about failures of the tool. */
  readonly onError: OnError;
  /** How long a call that may be retried waits for a service that is away, in ms; null for any other failure. */
  readonly patienceMs: number | null;
  /** The configured kind of the tool. */
  readonly kind: ToolKind | null;
  /** Whether the call would be retried after the first fix, for each kind of tool that was asked for. */
  readonly retry: Readonly<Partial<Record<ToolKind, RepeatDecision>>>;
}

const isConfigured = (fix: FixName, tool: string, { config }: LoadedConfig): boolean =>
  entriesOfFix(config.fixes, fix).some(({ tools }) => anyGlobTest(tools)(tool));

const isBound = (fix: FixName, tool: string, { config }: LoadedConfig): boolean =>
  bindingTest(entriesOfFix(config.fixes, fix).map(({ tools }) => tools))(tool);

/** What `explain` shows of a text. */
export const explanationOf = (
  text: string,
  options: ExplainOptions,
  loaded: LoadedConfig,
  io: Pick<Io, 'env'>,
  lessons: readonly ActiveLesson[] = [],
): Explanation => {
  const { tool = 'tool', channel = 'isError' } = options;
  const { config } = loaded;
  const redact = redactorFor(config, io.env as NodeJS.ProcessEnv);
  const found = createDiagnoser({ redact, patterns: config.patterns }).diagnose(outputOf(tool, channel, text));
  const { kind, replay, reports, onError = 'heal' } = createToolRules(config)(tool);
  const active = onError === 'heal' ? lessonFor(tool, found, lessons, loaded) : undefined;
  const lesson = active === undefined ? null : explainedLesson(active, loaded, io);
  const diagnosis = active === undefined || lesson?.rung === 'shadow' ? found : withLesson(found, active.lesson);
  const learned = diagnosis.fixes.filter(isLessonFix);
  const rest = { ...diagnosis, fixes: diagnosis.fixes.filter((fix) => !isLessonFix(fix)) };
  const proposed = [...learned, ...orderFixes(rest, (fix) => isBound(fix, tool, loaded))];
  const ordered = onError === 'heal' ? proposed : onError === 'retry' ? proposed.filter(isDelayFix) : [];
  const fixes = ordered.map((fix) => ({
    fix,
    configured: isLessonFix(fix) ? lesson?.cannotRun === null : isConfigured(fix, tool, loaded),
  }));
  const fixed = fixes.find(({ configured }) => configured)?.fix ?? ordered[0] ?? null;
  const decide = (one: ToolKind): RepeatDecision => decideRepeat({ diagnosis, kind: one, replay, reports, fixed });
  return {
    tool,
    channel,
    isAssumed: options.channel === undefined,
    diagnosis,
    cause: diagnosis.failure ? causeOf(found.pattern, config.patterns) : null,
    excerpt: excerptOf(redact(text), diagnosis.evidence),
    fixes,
    probe:
      onError === 'heal' && mayHideOutage(diagnosis) && isConfigured('vpn_connect', tool, loaded)
        ? 'vpn_connect'
        : null,
    lesson,
    onError,
    patienceMs:
      onError !== 'hand-back' && isWaitedFor(diagnosis, options.kind ?? kind ?? 'unannotated')
        ? config.outagePatienceMs || null
        : null,
    kind,
    retry: Object.fromEntries(
      toolKinds.filter((one) => (options.kind ?? one) === one).map((one) => [one, decide(one)]),
    ),
  };
};

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const painter = ({ stdout, env }: Io): Paint => {
  const colours = stdout.isTTY === true && (env.NO_COLOR ?? '') === '';
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
};

const labelWidth = 11;
const indent = ' '.repeat(labelWidth);

const fixLine = ({ fixes, onError }: Explanation, paint: Paint): string => {
  if (onError === 'hand-back') return 'none: the config says `onError: hand-back` for this tool';
  if (fixes.length === 0 && onError === 'retry') return 'none: the config says `onError: retry` for this tool';
  if (fixes.length === 0) return 'none: no fix is known for this failure';
  const shown = fixes.map(({ fix, configured }) =>
    configured
      ? paint('green', fix)
      : `${fix} ${paint('dim', isLessonFix(fix) ? '(may not run)' : '(not configured)')}`,
  );
  return shown.join(', then ');
};

/** What is asked before the text is trusted. */
const probeText = (fix: FixName): string =>
  `the text may hide an outage, so the probe of ${fix} is asked first; if it fails, ${fix} is the fix`;

const retryLines = ({ retry, kind }: Explanation, paint: Paint): string[] =>
  toolKinds.flatMap((one) => {
    const decision = retry[one];
    if (decision === undefined) return [];
    const { allowed, reason } = decision;
    const verdict = allowed ? paint('green', 'yes') : paint('red', 'no ');
    return [`  ${one.padEnd(13)}${verdict}  ${printable(reason)}${kind === one ? ' (this tool, as configured)' : ''}`];
  });

const retriedLines = (explanation: Explanation, paint: Paint): string[] =>
  explanation.onError === 'hand-back'
    ? [`${paint('bold', 'retried?')} no: the config says \`onError: hand-back\` for this tool`]
    : [paint('bold', 'retried?'), ...retryLines(explanation, paint)];

/** What a person can do about a failure that no pattern matches. */
const nextLines = ({ tool, diagnosis }: Explanation, paint: Paint): string[] =>
  diagnosis.class !== 'unrecognised'
    ? []
    : [
        '',
        paint('bold', 'next'),
        "  No pattern matches this failure, so nothing is tried. If it is the caller's mistake, leave it at that.",
        '  If you know a command that repairs it, run it as `healflow repair -- COMMAND` while the call fails.',
        '  If a fix would help, add a pattern like this one to healflow.yaml, with the class and the fix:',
        '',
        ...patternDraft(tool, diagnosis.summary).map((line) => `  ${printable(line)}`),
      ];

/** How the tool is taken to have returned the text; a wrong guess changes the diagnosis. */
const channelText = ({ channel, isAssumed }: Explanation): string =>
  isAssumed ? `${channel}, assumed; --channel names another` : channel;

const page = (explanation: Explanation, paint: Paint): string => {
  const { diagnosis, cause, excerpt } = explanation;
  const row = (label: string, text: string): string => `${paint('bold', label.padEnd(labelWidth))}${text}`;
  if (!diagnosis.failure) {
    const why = explanation.channel === 'result' ? ': the text as a whole is not an error report' : '';
    return `${row('channel', channelText(explanation))}\n${row('failure', `${paint('green', 'no')}${why}`)}\n`;
  }
  const subclass = diagnosis.subclass === null ? '' : ` / ${printable(diagnosis.subclass)}`;
  const marked =
    excerpt === null
      ? []
      : [
          row('matched', excerpt.line),
          indent + ' '.repeat(excerpt.start) + paint('yellow', '^'.repeat(excerpt.length)),
        ];
  const { retryAfterMs: wait, unreadableRetryAfter: unreadable } = diagnosis;
  const lines = [
    row('channel', channelText(explanation)),
    row('failure', paint('red', `${diagnosis.class}${subclass}`)),
    row('pattern', printable(diagnosis.pattern)),
    ...(cause === null ? [] : [row('cause', printable(cause))]),
    ...marked,
    row('fix', fixLine(explanation, paint)),
    ...(explanation.lesson === null ? [] : [row('lesson', printable(lessonText(explanation.lesson)))]),
    ...(explanation.probe === null ? [] : [row('probe', probeText(explanation.probe))]),
    ...(unreadable === undefined ? [] : [row('wait', `its Retry-After is unreadable: ${printable(unreadable)}`)]),
    ...(wait === null ? [] : [row('wait', `${durationText(wait)}, as the output requests`)]),
    ...(explanation.patienceMs === null
      ? []
      : [
          row(
            'wait',
            `up to ${durationText(explanation.patienceMs)} for the service, as one attempt (outagePatienceMs)`,
          ),
        ]),
    row('evidence', printable(evidenceText(diagnosis))),
    row('delivered', `${diagnosis.delivered}: ${printable(diagnosis.deliveredBecause)}`),
    '',
    ...retriedLines(explanation, paint),
    ...nextLines(explanation, paint),
  ];
  return `${lines.join('\n')}\n`;
};

const jsonOf = ({ diagnosis, isAssumed: _, ...facts }: Explanation): string =>
  `${printableJson(JSON.stringify(Object.assign({ tool: '', channel: '' }, diagnosis, facts)))}\n`;

/**
 * Explains the diagnosis of a text, its fix, and whether the call would be retried.
 *
 * @returns the exit code: 0, whether or not the text is a failure; 2 if there is no text.
 * @throws HealError `CONFIG_INVALID` or `CONFIG_NOT_FOUND`
 */
export const explain = async (
  args: readonly string[],
  options: ExplainOptions = {},
  io: Io = processIo(),
  input: NodeJS.ReadableStream = process.stdin,
): Promise<number> => {
  const { json = false } = options;
  if (args.length === 0) {
    io.stderr.write('healflow explain: no text; pass the output of a tool as TEXT, or - to read standard input\n');
    return 2;
  }
  const text = args.length === 1 && args[0] === '-' ? await readAll(input) : args.join(' ');
  const loaded = await loadConfig({ configFile: options.config, cwd: io.cwd });
  const lessons = await activeLessonsOf(loaded, io, (problem) => io.stderr.write(`healflow: ${printable(problem)}\n`));
  const explanation = explanationOf(text, options, loaded, io, lessons);
  const output = outputTo(io.stdout);
  await output.write(json ? jsonOf(explanation) : page(explanation, painter(io)));
  await output.end();
  return 0;
};
