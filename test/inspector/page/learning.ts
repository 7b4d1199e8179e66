import type { LearningSource, LearningState, MoveResult, SourceReview } from '../../../src/inspector/learning-api.ts';
import type {
  LessonRow,
  MoveRequest,
  PatternTest,
  SignatureRow,
  TaintedArgument,
} from '../../../src/inspector/learning-model.ts';
import type { LearningRecord, Odds, Rung } from '../../../src/learning/model.ts';
import { hostile } from './data.ts';

// What a generated site has learned, for the tests of the inspector's page and API.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const unknown: Odds = {
  odds: null,
  trials: { succeeded: 0, of: 0, interval: null },
  natural: { recovered: 0, of: 0, interval: null },
};

const good: Odds = {
  odds: 95.3,
  trials: { succeeded: 4, of: 4, interval: [0.51, 1] },
  natural: { recovered: 1, of: 14, interval: [0.013, 0.315] },
};

export const signatureIds = { tunnel: '00000000000000a1', odd: '00000000000000b2', rare: '00000000000000c3' };

const signatures = (now: number): SignatureRow[] => [
  {
    id: signatureIds.tunnel,
    line: 'connect ETIMEDOUT <host>: the office network cannot be reached from <host>',
    class: 'network',
    pattern: 'network.timeout',
    seen: 14,
    tools: [
      { name: 'k8s_get_pods', seen: 9 },
      { name: 'gitlab_jobs', seen: 4 },
      { name: 'pg_query', seen: 1 },
    ],
    toolCount: 3,
    first: now - 30 * 24 * hourMs,
    last: now - 22 * minuteMs,
    natural: good.natural,
    actions: [
      {
        text: 'nmcli connection up office',
        odds: good,
        unchecked: 2,
        isIncomplete: false,
        last: now - 22 * minuteMs,
      },
      {
        text: 'systemctl restart gateway --token [redacted]',
        odds: { ...good, odds: 0.031, trials: { succeeded: 1, of: 6, interval: [0.03, 0.564] } },
        unchecked: 0,
        isIncomplete: true,
        last: now - 40 * hourMs,
      },
    ],
    lessons: [{ name: 'office-tunnel', rung: 'shadow' }],
    notes: [{ at: now - hourMs, note: 'It seems to happen after lunch.' }],
  },
  {
    id: signatureIds.odd,
    line: `${hostile.markup} ${hostile.long}`,
    class: null,
    pattern: null,
    seen: 2,
    tools: [{ name: hostile.markup, seen: 2 }],
    toolCount: 1,
    first: now - 2 * hourMs,
    last: now - hourMs,
    natural: unknown.natural,
    actions: [],
    lessons: [],
    notes: [{ at: now, note: hostile.markup }],
  },
];

const lesson = (more: Partial<LessonRow> & { readonly name: string }): LessonRow => ({
  version: `${more.name} 1`,
  rung: 'proposed',
  writtenRung: 'proposed',
  class: 'network',
  text: ['connect ETIMEDOUT [\\w.-]+: the office network cannot be reached from [\\w.-]+'],
  tools: ['k8s_*', 'gitlab_*'],
  action: { run: ['nmcli', 'connection', 'up', 'office-vpn-3'] },
  actionText: 'nmcli connection up office-vpn-3',
  odds: unknown,
  shadow: null,
  history: [],
  approved: null,
  isEdited: false,
  isElsewhere: false,
  moved: [],
  signatures: [],
  moves: ['shadow', 'retired'],
  ...more,
});

const lessons = (now: number): LessonRow[] => [
  lesson({
    name: 'office-tunnel',
    rung: 'shadow',
    writtenRung: 'shadow',
    odds: good,
    shadow: { needless: 3, of: 7 },
    history: [1.9, 6.4, 22.5, 95.3].map((odds, index) => ({
      at: now - (9 - 2 * index) * hourMs,
      odds,
      succeeded: index + 1,
      of: index + 1,
      interval: [0.2, 1] as const,
    })),
    approved: { by: 'Mira', at: now - 26 * hourMs },
    moved: [{ by: 'Mira', at: now - 26 * hourMs, from: 'proposed', to: 'shadow', reason: null }],
    signatures: [signatureIds.tunnel],
    moves: ['ask', 'proposed', 'retired'],
  }),
  lesson({
    name: 'edited-by-hand',
    writtenRung: 'ask',
    isEdited: true,
    action: { use: 'own:restart-gateway' },
    actionText: 'own:restart-gateway',
    approved: { by: 'Mira', at: now - 26 * hourMs },
    moves: ['shadow', 'retired'],
  }),
  lesson({
    name: 'old',
    rung: 'retired',
    writtenRung: 'retired',
    text: [hostile.markup],
    actionText: hostile.markup,
    moved: [{ by: hostile.markup, at: now - hourMs, from: 'ask', to: 'retired', reason: 'the gateway is gone' }],
    moves: ['proposed'],
  }),
];

const records = (now: number): LearningRecord[] => {
  const at = (minutes: number) => new Date(now - minutes * minuteMs).toISOString();
  const of = { tool: 'k8s_get_pods', sig: signatureIds.tunnel, args: null };
  return [
    {
      ...of,
      kind: 'trial',
      timestamp: at(5),
      lesson: 'office-tunnel',
      mode: 'shadow',
      after: 'unknown',
      window_ms: 30_000,
    },
    {
      ...of,
      kind: 'trial',
      timestamp: at(9),
      lesson: 'office-tunnel',
      mode: 'shadow',
      after: 'succeeded',
      needless: true,
      window_ms: 4_100,
    },
    {
      ...of,
      kind: 'repaired',
      timestamp: at(22),
      action: { run: ['nmcli', 'connection', 'up', 'office'] },
      checked: 'call',
      before: 'failed',
      after: 'succeeded',
      window_ms: 4_100,
    },
    {
      ...of,
      kind: 'repaired',
      timestamp: at(30),
      action: { use: 'vpn_connect' },
      checked: null,
      before: 'unknown',
      after: 'unknown',
      window_ms: 800,
    },
    { ...of, kind: 'recovered', timestamp: at(44), window_ms: 91_000, between: [] },
    { ...of, kind: 'still_failing', timestamp: at(50), window_ms: 60_000, between: ['vpn_connect'] },
    { ...of, kind: 'noted', timestamp: at(60), note: hostile.markup },
  ];
};

const textOf = ({ name, rung, approved }: LessonRow): string =>
  [
    'pattern:',
    `  id: ${name}`,
    '  class: network',
    'fix:',
    '  run: [nmcli, connection, up, office-vpn-3]',
    `rung: ${rung}`,
    ...(approved ? [`approved: { by: ${approved.by} }`] : []),
    '',
  ].join('\n');

/** What was learned, in memory. */
export class FakeLearning implements LearningSource {
  state: LearningState;
  /** Of every lesson. */
  taints: readonly TaintedArgument[] = [];
  refusal: string | null = null;
  cannotRun: string | null = null;
  falseMatches: PatternTest['falseMatches'] = [];
  /** Why it cannot be read; null if it can. */
  problem: string | null = null;
  version = 1;
  reads = 0;
  /** Called before a move counts. */
  onMove: () => void = () => {};
  readonly moves: (Pick<MoveRequest, 'to' | 'by' | 'reason'> & { readonly name: string })[] = [];
  readonly redact = (text: string): string => text.replaceAll('DUMMY-SECRET', '[redacted]');

  constructor(now: number, more: Partial<LearningState> = {}) {
    const known = { signatures: signatures(now), lessons: lessons(now), records: records(now) };
    this.state = { ...known, lessonProblems: [], recordCount: known.records.length, damaged: 0, ...more };
  }

  hasAny(): boolean {
    return this.state.signatures.length + this.state.lessons.length > 0;
  }

  async stamp(): Promise<string> {
    return String(this.version);
  }

  async read(): Promise<LearningState> {
    this.reads += 1;
    if (this.problem !== null) throw new Error(this.problem);
    return this.state;
  }

  lesson(name: string): LessonRow | undefined {
    return this.state.lessons.find((one) => one.name === name);
  }

  /** Changes a lesson, as another process does. */
  change(name: string, more: Partial<LessonRow>): void {
    this.version += 1;
    const lessons = this.state.lessons.map((one) => (one.name === name ? { ...one, ...more } : one));
    this.state = { ...this.state, lessons };
  }

  async review(name: string, to: Rung): Promise<SourceReview | null> {
    const found = this.lesson(name);
    if (found === undefined) return null;
    const test = { log: { matched: 14, of: 230 }, healthy: { matched: 0, of: 412 }, falseMatches: this.falseMatches };
    const after = { ...found, rung: to, approved: { by: '(your name)', at: 0 } };
    return {
      name,
      from: found.rung,
      to,
      version: found.version,
      before: textOf(found),
      after: textOf(after),
      refusal: this.refusal,
      cannotRun: this.cannotRun,
      test: { ...test, falseCount: test.falseMatches.length },
      taints: this.taints,
      taintLimits: 'Only what the log holds can be checked.',
    };
  }

  async move(name: string, move: Pick<MoveRequest, 'to' | 'version' | 'by' | 'reason'>): Promise<MoveResult> {
    this.onMove();
    const { to, version, by, reason } = move;
    const found = this.lesson(name);
    if (found?.version !== version) return { status: 'changed' };
    this.moves.push({ name, to, by, reason });
    this.change(name, {
      version: `${version}+`,
      rung: to,
      writtenRung: to,
      moves: to === 'retired' ? ['proposed'] : ['auto', 'shadow', 'proposed', 'retired'],
      approved: { by, at: Date.now() },
      moved: [...found.moved, { by, at: Date.now(), from: found.rung, to, reason }],
    });
    return { status: 'moved' };
  }
}

/** An argument that appeared in the output of a tool. */
export const taint: TaintedArgument = {
  index: 3,
  argument: 'office-vpn-3',
  seenIn: 'connect ETIMEDOUT office-vpn-3: try nmcli connection up office-vpn-3',
  tool: 'k8s_get_pods',
  at: '2026-02-04T10:30:00.000Z',
};
