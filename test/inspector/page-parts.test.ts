import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chart } from '../../machines/chart.ts';
import { createEventReader, type StreamEvent } from '../../src/inspector/page/api/events.ts';
import { readExport } from '../../src/inspector/page/api/export-file.ts';
import { countAt, countWidth, labelLines, linePath, outsides } from '../../src/inspector/page/chart/layout.ts';
import { runsByState, trailOf } from '../../src/inspector/page/chart/trail.ts';
import { verdictOf } from '../../src/inspector/page/run/verdict.ts';
import { barOf, visitsOf } from '../../src/inspector/page/run/visits.ts';
import { windowOf } from '../../src/inspector/page/runs/window.ts';
import { matches, noFilters } from '../../src/inspector/page/state/filters.ts';
import { readFragment, views, writeFragment } from '../../src/inspector/page/state/fragment.ts';
import { mergeRuns } from '../../src/inspector/page/state/merge.ts';
import { compact, counted, duration, roundDuration } from '../../src/inspector/page/text/format.ts';
import { highlight } from '../../src/inspector/page/text/highlight.ts';
import { shown } from '../../src/inspector/page/text/shown.ts';
import { condense, roundUp, spread } from '../../src/inspector/page/totals/scale.ts';
import { parseSource, root } from '../house/sources.ts';
import { hostile, hostileRun, makeRun, makeRuns, seeded, summaryOf } from './page/data.ts';

fc.configureGlobal({ seed: 20_260_204 });

const run = makeRun({ number: 1, startedAt: Date.UTC(2026, 1, 4), random: seeded(1), way: 'twice' });

describe('the reader of an event stream', () => {
  const stream =
    ': hello\nid: 1\nevent: run\ndata: {"a":1}\n\nevent: step\r\ndata:x\r\ndata: y\r\n\r\nretry: 5\ndata\n\nevent: only\n\nid: 2\ndata: é';

  it('emits the same events for any chunks', () => {
    const expected: StreamEvent[] = [
      { event: 'run', data: '{"a":1}', id: '1' },
      { event: 'step', data: 'x\ny', id: '1' },
      { event: 'message', data: '', id: '1' },
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const events: StreamEvent[] = [];
        const read = createEventReader((event) => events.push(event));
        places.slice(1).forEach((end, index) => {
          read(stream.slice(places[index], end));
        });
        expect(events).toEqual(expected);
      }),
    );
  });

  it('throws if an event is too large', () => {
    const read = createEventReader(() => {});
    expect(() => {
      for (let piece = 0; piece < 5; piece += 1) read(`data: ${'x'.repeat(1_000_000)}`);
    }).toThrow('too large');
  });
});

describe('the URL fragment', () => {
  it('survives a round trip with any values', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.record({
          token: text,
          view: fc.constantFrom(...views),
          run: text,
          signature: text,
          filters: fc.record({ q: text, tool: text, class: text, fix: text, outcome: text }),
        }),
        (route) => {
          expect(readFragment(writeFragment(route))).toEqual(route);
        },
      ),
    );
  });

  it('omits empty values and ignores unknown ones', () => {
    expect(writeFragment({ token: 't', view: 'runs', run: '', signature: '', filters: noFilters })).toBe('#token=t');
    expect(readFragment('#view=secrets&evil=1')).toEqual({
      token: '',
      view: 'runs',
      run: '',
      signature: '',
      filters: noFilters,
    });
  });
});

describe('an export', () => {
  it('is read as the saved run', () => {
    expect(readExport(JSON.stringify({ healflowExport: 1, run }))).toEqual(run);
    const odd = hostileRun(0, seeded(1));
    expect(readExport(JSON.stringify({ healflowExport: 1, run: odd }))).toEqual(odd);
  });

  it.each([
    ['no JSON', '{', 'This file is not JSON.'],
    ['something else', '[]', '“healflowExport” is missing'],
    ['of a later version', '{"healflowExport":2,"run":{}}', 'has the format 2'],
    ['without a run', '{"healflowExport":1,"run":{"runId":""}}', 'contains no run'],
  ])('that is %s is rejected with a message', (_what, text, message) => {
    expect(() => readExport(text)).toThrow(message);
  });

  it('of any shape is rejected or read as a valid run', () => {
    const member = fc.constantFrom(...Object.keys(run));
    fc.assert(
      fc.property(fc.dictionary(member, fc.jsonValue({ maxDepth: 3 })), (members) => {
        const read = readExport(JSON.stringify({ healflowExport: 1, run: { ...run, ...members, runId: 'x' } }));
        expect(typeof read.tool).toBe('string');
        expect(Number.isFinite(read.startedAt)).toBe(true);
        for (const step of read.steps) expect(typeof step.to).toBe('string');
        expect(visitsOf(read.steps).length).toBeLessThanOrEqual(read.steps.length);
      }),
    );
  });

  it('that is huge is shortened', () => {
    const steps = Array.from({ length: 9000 }, () => ({ from: 'a', to: 'b' }));
    const read = readExport(JSON.stringify({ healflowExport: 1, run: { ...run, steps, tool: 'x'.repeat(100_000) } }));
    expect(read.steps).toHaveLength(2000);
    expect(read.tool).toHaveLength(20_000);
  });
});

describe('an untrusted text', () => {
  it('has its invisible characters escaped, and is otherwise unchanged', () => {
    expect(shown('\u001b[31m\u0000\u007f')).toBe('\\x1b[31m\\x00\\x7f');
    expect(shown(hostile.turned)).toBe('user \\u{202e}gnp.exe\\u{202c} \\u{200b}hidden \\u{2066}left\\u{2069}');
    expect(shown('\u{e0041}')).toBe('\\u{e0041}');
    expect(shown('a\tb\nc é 界 👩‍👩‍👧 <b>&amp;')).toBe('a\tb\nc é 界 👩‍👩‍👧 <b>&amp;');
  });

  it('is highlighted at the evidence', () => {
    expect(highlight('a Token is expired b', 'token IS expired')).toEqual([
      { text: 'a ', matched: false },
      { text: 'Token is expired', matched: true },
      { text: ' b', matched: false },
    ]);
    expect(highlight('abc', 'x')).toBeNull();
    expect(highlight('abc', '')).toBeNull();
    // The lower case of İ is longer than İ.
    expect(highlight('İİ Token', 'token')).toBeNull();
  });
});

describe('numbers', () => {
  it.each([
    [0, '0.00 ms'],
    [0.042, '0.04 ms'],
    [12.34, '12.3 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [59_990, '60.0 s'],
    [59_996, '1 min 0 s'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h 0 min'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s ms is formatted as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [50, '50 ms'],
    [2500, '2.5 s'],
    [10_000, '10 s'],
    [600_000, '10 min'],
    [3_600_000, '1 h'],
  ])('a configured duration of %s ms is formatted as %s', (ms, text) => {
    expect(roundDuration(ms)).toBe(text);
  });

  it('have a compact form and a plural', () => {
    expect([compact(9999), compact(10_662), compact(1_234_567)]).toEqual(['9,999', '10.7K', '1.2M']);
    expect([counted(1, 'match', 'matches'), counted(2000, 'run')]).toEqual(['1 match', '2,000 runs']);
  });

  it('have a round maximum, spread labels, and merged columns', () => {
    expect([0, 1, 3, 20, 21, 154, 5001].map(roundUp)).toEqual([1, 1, 5, 20, 50, 200, 10_000]);
    expect(spread(3, 5)).toEqual([0, 1, 2]);
    expect(spread(100, 5)).toEqual([0, 25, 50, 74, 99]);
    const sum = (some: readonly number[]) => some.reduce((all, one) => all + one, 0);
    expect(condense([1, 2, 3, 4, 5], 3, sum)).toEqual([3, 7, 5]);
    expect(condense([1, 2], 3, sum)).toEqual([1, 2]);
  });
});

describe('the path over the chart', () => {
  it('has the transitions up to a step, with their counts', () => {
    expect(trailOf(run.steps, 0)).toMatchObject({ at: '[*]', last: null });
    const half = trailOf(run.steps, 7);
    expect(half).toMatchObject({ at: 'ErrorDetected', last: 'Retrying->ErrorDetected' });
    expect(half.states.get('ErrorDetected')).toBe(2);
    const whole = trailOf(run.steps, run.steps.length);
    expect(whole.at).toBe('[*]');
    expect(whole.arrows.get('Analyzing->FixAvailable')).toBe(2);
    expect(whole.states.has('NoFix')).toBe(false);
  });

  it('counts the active runs in each state', () => {
    const now = { ...summaryOf(run), status: 'running' as const, state: 'Analyzing' };
    expect(runsByState([now, now, summaryOf(run)])).toEqual(new Map([['Analyzing', 2]]));
  });

  it('has a duration for each state', () => {
    const visits = visitsOf(run.steps);
    expect(visits.map(({ state }) => state)).toEqual(run.steps.slice(0, -1).map(({ to }) => to));
    const sum = visits.reduce((all, { durationMs }) => all + (durationMs ?? 0), 0);
    expect(sum).toBeCloseTo(run.durationMs ?? 0, 6);
    for (const visit of visits) {
      const { left, width } = barOf(visit, run.durationMs ?? 0);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(100 + 1e-9);
    }
    expect(visitsOf(run.steps.slice(0, 2)).at(-1)?.durationMs).toBeNull();
    expect(barOf({ state: 'x', taken: 1, atMs: 0, durationMs: 0, note: undefined }, 0)).toEqual({
      left: 0,
      width: 100,
    });
  });
});

describe('the drawing of the chart', () => {
  const boxes = chart.states.map(({ x, y, width, height }) => ({ x, y, right: x + width, bottom: y + height }));

  it.each(chart.arrows.map((arrow) => [`${arrow.from} -> ${arrow.to}`, arrow] as const))(
    'keeps the count of %s inside the picture and off the boxes',
    (_name, arrow) => {
      for (const text of ['7', '9,999', '123.4K']) {
        const [x, y] = countAt(arrow, text);
        const half = countWidth(text) / 2;
        expect(x - half).toBeGreaterThan(0);
        expect(y + 9).toBeLessThanOrEqual(chart.height);
        if (text === '123.4K') continue;
        for (const box of boxes) {
          const over = x + half > box.x && x - half < box.right && y + 9 > box.y && y - 9 < box.bottom;
          expect(over, `${text} over the box at ${box.x}, ${box.y}`).toBe(false);
        }
      }
    },
  );

  it('draws every point of a transition, and wraps long labels', () => {
    for (const arrow of chart.arrows) {
      const path = linePath(arrow.points);
      expect(path).not.toContain('NaN');
      expect(path.startsWith(`M${arrow.points[0]}`)).toBe(true);
      expect(path.endsWith(`L${arrow.points.at(-1)}`)).toBe(true);
      expect(labelLines(arrow).join(' ')).toBe(arrow.label);
    }
    expect(outsides(chart)).toMatchObject({ begins: [[30, 72]], ends: [[1132, 72]] });
  });
});

describe('the list', () => {
  it('renders the visible rows and some more, at the start, in the middle and at the end', () => {
    const at = (top: number, rows = 10_000) => windowOf({ top, height: 720, rowHeight: 72, rows }, 2);
    expect(at(0)).toEqual({ first: 0, end: 12, most: 15 });
    expect(at(7200)).toEqual({ first: 98, end: 112, most: 15 });
    expect(at(719_280)).toEqual({ first: 9988, end: 10_000, most: 15 });
    expect(at(50_000, 3)).toMatchObject({ first: 2, end: 3 });
    expect(at(0, 0)).toMatchObject({ first: 0, end: 0 });
  });

  it('never renders more rows than its maximum', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(3000), fc.nat(2000), (top, height, rows) => {
        const { first, end, most } = windowOf({ top, height, rowHeight: 72, rows });
        expect(end - first).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('merges runs in the order of their start, each once, keeping the newer version', () => {
    const [a, b, c] = makeRuns(3).map(summaryOf);
    if (!a || !b || !c) throw new Error('three runs');
    const newer = { ...b, status: 'running' as const };
    expect(mergeRuns([newer], [a, b, c])).toEqual([a, newer, c]);
    expect(mergeRuns([c, a], [b]).map(({ runId }) => runId)).toEqual([a.runId, b.runId, c.runId]);
  });

  it('applies each filter, and searches ignoring case', () => {
    const one = { ...summaryOf(run), tool: 'Pods', class: 'auth', fixes: ['kube_login'], status: 'healed' as const };
    expect(matches(one, noFilters)).toBe(true);
    expect(matches(one, { q: 'pODS', tool: 'Pods', class: 'auth', fix: 'kube_login', outcome: 'healed' })).toBe(true);
    for (const other of [{ q: 'x!' }, { tool: 'pods' }, { class: 'rate' }, { fix: 'vpn' }, { outcome: 'failed' }]) {
      expect(matches(one, { ...noFilters, ...other })).toBe(false);
    }
  });
});

describe('the sources of the page', () => {
  const folder = join(root, 'src/inspector/page');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

  it('only import each other, the types of the model, the words for odds, preact and its signals', () => {
    const others = sources.flatMap(([name, text]) =>
      parseSource(`src/inspector/page/${name}`, text)
        .imports.filter(({ kind }) => kind !== 'type')
        .map(({ target }) => target)
        .filter(
          (target) =>
            !/^(src\/inspector\/page\/|(machines\/chart|src\/model\/terms|src\/text\/odds|src\/inspector\/(filters|export-file))\.ts$)/.test(
              target,
            ),
        ),
    );
    expect([...new Set(others)].sort()).toEqual(['@preact/signals', 'eventsource-parser', 'preact']);
  });

  it('never turn text into HTML or code', () => {
    const made = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:/;
    expect(sources.filter(([, text]) => made.test(text)).map(([name]) => name)).toEqual([]);
    expect(sources.length).toBeGreaterThan(30);
  });

  it('use the clock and random numbers in one module', () => {
    const impure = sources.filter(([name, text]) => parseSource(name, text).impure.length > 0).map(([name]) => name);
    expect(impure).toEqual(['time.ts']);
  });
});

describe('the verdict on a run', () => {
  const startedAt = Date.UTC(2026, 1, 4);
  const of = (way: 'healed' | 'failed' | 'unknown', more = {}) =>
    verdictOf(makeRun({ number: 1, startedAt, random: seeded(1), way, attempts: 2, ...more }));
  const unauthorized = { number: 1, startedAt, durationMs: 3, ok: false, error: 'Unauthorized\n  at once' };
  const lost = { ...unauthorized, number: 2, error: 'ECONNREFUSED' };

  it('names the first failure, each fix once, and the attempts', () => {
    const fixes = ['kube_login', 'vpn_connect', 'vpn_connect'];
    expect(of('healed', { attemptsList: [unauthorized, lost], fixes, diagnoses: [], class: 'auth' })).toEqual({
      failure: { class: 'auth', text: 'Unauthorized at once' },
      healing: { label: 'Healed by', text: 'kube_login, then vpn_connect' },
      outcome: 'after 2 attempts',
    });
  });

  it('names the retry if no fix ran', () => {
    expect(of('healed', { fixes: [] }).healing).toEqual({ label: 'Healed by', text: 'a retry' });
  });

  const report = { fix: 'kube_login', status: 'timed_out', reason: 'not done after 30 s', durationMs: 1 };
  const none = { refusal: null, policy: null, fixReports: [], fixes: [] };

  it.each([
    [
      'healflow refused',
      { refusal: { code: 'NO_FIX', reason: 'no fix is known' }, fixReports: [report] },
      'no fix is known',
    ],
    [
      'the call may not be retried',
      { policy: { mayRepeat: false, reason: 'it may have taken effect' } },
      'it may have taken effect',
    ],
    ['a fix failed', { fixReports: [report] }, 'kube_login timed out: not done after 30 s'],
    ['a fix did not help', { fixes: ['kube_login'] }, 'the tool still failed after kube_login'],
    ['nothing was tried', {}, 'no fix ran'],
  ])('explains why a run was not healed: %s', (_, more, text) => {
    for (const way of ['failed', 'unknown'] as const) {
      expect(of(way, { ...none, ...more }).healing).toEqual({ label: 'Not healed', text });
    }
  });

  it('does not mention healing if nothing failed or the run is active', () => {
    const healthy = { status: 'succeeded', attemptsList: [], diagnoses: [], error: null, class: null, attempts: 1 };
    expect(of('healed', healthy)).toEqual({ failure: null, healing: null, outcome: 'after 1 attempt' });
    const running = of('healed', { status: 'running' });
    expect([running.healing, running.outcome]).toEqual([null, 'in attempt 2']);
  });

  it('cuts a long error', () => {
    const { failure } = of('failed', { attemptsList: [{ ...unauthorized, error: 'x'.repeat(10_000) }] });
    expect(failure?.text).toBe(`${'x'.repeat(119)}…`);
  });
});
