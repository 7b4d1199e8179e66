import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Read } from '../../src/inspector/fleet-model.ts';
import type { LearningOverview, LessonReview } from '../../src/inspector/learning-model.ts';
import { aFailure, folderOf, repaired, sig } from '../cli/learn/support.ts';
import { aNote, aRecovery, aRepair, openRepairs } from '../learning/records.ts';
import { inspectFolder, proposedFolder, sourceOf } from './learning-files.ts';
import { apiOf } from './support.ts';

const lessonFile = (folder: string) => `${folder}/lessons/tunnel.yaml`;

/** A client of the API of an inspector of these files. */
const clientOf = async (folder: string) => {
  const api = apiOf(await inspectFolder(folder));
  const headers = { host: new URL(api.base).host, origin: api.base, 'content-type': 'application/json' };
  const overview = async () => {
    const { value } = await api.json<Read<LearningOverview>>('/api/learning');
    if (value === null) throw new Error('nothing was read');
    return value;
  };
  const review = (to: string) => api.json<LessonReview>(`/api/learning/lessons/tunnel/review?to=${to}`);
  const move = async (to: string, more: object = {}) => {
    const { version } = await review(to);
    const body = JSON.stringify({ to, version, by: 'Mira', reason: null, typed: {}, ...more });
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const response = await api.raw('/api/learning/lessons/tunnel/move', { ...headers, ...length }, 'POST', body);
    return { status: response.status, ...JSON.parse(response.text) };
  };
  const lesson = async () => (await overview()).lessons[0];
  return { api, overview, review, move, lesson };
};

describe('what an inspector reads of the files', () => {
  it('has each number with how many it rests on', async () => {
    const folder = await proposedFolder({ events: [aFailure(), aFailure({ tool: 'get_nodes' })] });
    const { overview } = await clientOf(folder);
    const { signatures, lessons, records, recordCount } = await overview();
    expect(signatures).toMatchObject([
      {
        id: sig,
        line: 'dial tcp <host>:<port>: connect: network is unreachable',
        class: 'network',
        seen: 2,
        toolCount: 2,
        natural: { recovered: 0, of: 40 },
        actions: [{ text: 'systemctl restart tunnel', unchecked: 0, odds: { trials: { succeeded: 4, of: 4 } } }],
        lessons: [{ name: 'tunnel', rung: 'proposed' }],
      },
    ]);
    const [lesson] = lessons;
    expect(lesson).toMatchObject({
      name: 'tunnel',
      rung: 'proposed',
      isEdited: false,
      approved: null,
      actionText: 'systemctl restart tunnel',
      signatures: [sig],
      moves: ['retired', 'shadow'],
    });
    expect(lesson?.odds).toEqual(signatures[0]?.actions[0]?.odds);
    expect(lesson?.history.map(({ succeeded, of }) => [succeeded, of])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(lesson?.history.map(({ odds }) => odds ?? 0)).toEqual(
      lesson?.history.map(({ odds }) => odds ?? 0).toSorted((a, b) => a - b),
    );
    expect([records.length, recordCount]).toEqual([44, 44]);
    expect(records[0]?.kind).toBe('repaired');
  });

  it('says that nothing is known, and what is unknown', async () => {
    const empty = sourceOf(mkdtempSync(join(tmpdir(), 'healflow-learning-')));
    expect(empty.hasAny()).toBe(false);
    expect(await empty.read()).toMatchObject({ signatures: [], lessons: [], records: [] });
    const { overview } = await clientOf(await folderOf({ records: [aNote({ sig })] }));
    const { signatures, recordCount } = await overview();
    expect(signatures[0]).toMatchObject({ natural: { of: 0, interval: null }, actions: [] });
    expect(signatures[0]?.notes).toHaveLength(1);
    expect(recordCount).toBe(1);
  });

  it('reads again only if a file has changed', async () => {
    const folder = await proposedFolder();
    const source = sourceOf(folder);
    const stamp = await source.stamp();
    expect(source.hasAny()).toBe(true);
    expect(await source.stamp()).toBe(stamp);
    openRepairs(`${folder}/memory`).log.append(aRecovery({ sig }));
    const later = await source.stamp();
    expect(later).not.toBe(stamp);
    appendFileSync(lessonFile(folder), '# more\n');
    expect(await source.stamp()).not.toBe(later);
  });

  it('keeps the newest records, and counts the others', async () => {
    const records = Array.from({ length: 450 }, (_, index) => aRecovery({ sig, window_ms: index }));
    const { overview } = await clientOf(await folderOf({ records }));
    const known = await overview();
    expect([known.records.length, known.recordCount]).toEqual([200, 450]);
    expect(known.records.map((record) => 'window_ms' in record && record.window_ms)).toEqual(
      Array.from({ length: 200 }, (_, index) => 449 - index),
    );
  });

  it('says which lesson cannot be read, and which records', async () => {
    const folder = await proposedFolder();
    writeFileSync(`${folder}/lessons/broken.yaml`, 'rung: auto\n');
    appendFileSync(`${folder}/memory/learned/repairs.yaml`, '  - timestamp: "x"\n');
    const { overview } = await clientOf(folder);
    const { lessons, lessonProblems, damaged } = await overview();
    expect(lessons).toHaveLength(1);
    expect(lessonProblems).toMatchObject([{ file: 'broken.yaml', problem: expect.stringMatching(/./) }]);
    expect(damaged).toBe(1);
  });
});

describe('a lesson that is moved on the page', () => {
  it('goes up step by step, then down, and is retired; its file says who did it', async () => {
    const folder = await proposedFolder();
    const { review, move, lesson } = await clientOf(folder);
    const first = await review('shadow');
    expect(first).toMatchObject({ from: 'proposed', to: 'shadow', refusal: null, taints: [] });
    expect(first.cannotRun).toBeNull();
    expect(first.test).toMatchObject({ log: { matched: 1, of: 1 }, healthy: { matched: 0 }, falseCount: 0 });
    const signs = first.diff.filter(({ sign }) => sign !== ' ').map(({ sign, text }) => sign + text);
    expect(signs).toContain('-rung: proposed');
    expect(signs).toContain('+rung: shadow');
    expect(signs.join('\n')).toContain('by: (your name)');
    // Nothing is written by looking.
    expect((await lesson())?.rung).toBe('proposed');
    for (const to of ['shadow', 'ask', 'auto']) expect(await move(to)).toMatchObject({ status: 200, rung: to });
    expect(await lesson()).toMatchObject({ rung: 'auto', isEdited: false, approved: { by: 'Mira' } });
    expect(await move('ask', { by: 'Tom', reason: 'it failed' })).toMatchObject({ status: 200 });
    expect(await move('retired', { by: 'Tom', reason: 'the tunnel is gone' })).toMatchObject({ status: 200 });
    const retired = await lesson();
    expect(retired).toMatchObject({ rung: 'retired', approved: null, moves: ['proposed'] });
    expect(retired?.moved.map(({ by, to, reason }) => [by, to, reason])).toEqual([
      ['Mira', 'shadow', null],
      ['Mira', 'ask', null],
      ['Mira', 'auto', null],
      ['Tom', 'ask', 'it failed'],
      ['Tom', 'retired', 'the tunnel is gone'],
    ]);
    expect(readFileSync(lessonFile(folder), 'utf8')).toContain('reason: the tunnel is gone');
  });

  it('skips no rung, and does not run by itself without the odds', async () => {
    const { review, move } = await clientOf(await proposedFolder({ records: repaired(1) }));
    expect((await review('ask')).refusal).toContain('one step at a time');
    expect(await move('ask')).toMatchObject({ status: 409, error: { code: 'REFUSED' } });
    for (const to of ['shadow', 'ask']) await move(to);
    expect((await review('auto')).refusal).toContain('needs odds of 100:1');
    expect(await move('auto')).toMatchObject({ status: 409, error: { code: 'REFUSED' } });
  });

  it('is not moved to where it could not run', async () => {
    const folder = await proposedFolder();
    const { move, review, lesson } = await clientOf(folder);
    await move('shadow');
    rmSync(`${folder}/bin/systemctl`);
    const reason = 'it could not run at ask: the program `systemctl` was not found';
    expect((await review('ask')).refusal).toBe(reason);
    expect((await review('ask')).cannotRun).toContain('not found');
    expect(await move('ask')).toMatchObject({ status: 409 });
    expect((await lesson())?.rung).toBe('shadow');
  });

  it('loses its approval if its file is changed by hand', async () => {
    const folder = await proposedFolder();
    const { move, lesson } = await clientOf(folder);
    for (const to of ['shadow', 'ask']) await move(to);
    writeFileSync(lessonFile(folder), readFileSync(lessonFile(folder), 'utf8').replace('- tunnel\n', '- tunne1\n'));
    expect(await lesson()).toMatchObject({
      rung: 'proposed',
      writtenRung: 'ask',
      isEdited: true,
      approved: { by: 'Mira' },
      actionText: 'systemctl restart tunne1',
      moves: ['retired', 'shadow'],
    });
    expect(await move('shadow', { by: 'Tom' })).toMatchObject({ status: 200 });
    expect(await lesson()).toMatchObject({ rung: 'shadow', isEdited: false, approved: { by: 'Tom' } });
  });

  it('is moved by one of two people', async () => {
    const folder = await proposedFolder();
    const [here, there] = [await clientOf(folder), await clientOf(folder)];
    const moves = await Promise.all([here.move('shadow'), there.move('retired', { reason: 'no use' })]);
    expect(moves.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await here.lesson())?.moved).toHaveLength(1);
    const { version } = await here.review('retired');
    appendFileSync(lessonFile(folder), '# changed\n');
    expect(await here.move('retired', { version, reason: 'no use' })).toMatchObject({
      status: 409,
      error: { code: 'CHANGED' },
    });
  });

  it('needs the arguments again that a tool had named before', async () => {
    const events = [
      aFailure({ error: 'dial tcp 10.0.0.7:443: connect: network is unreachable' }),
      aFailure({ error: 'run systemctl restart tunnel-x', timestamp: '2026-02-03T10:00:00.000Z' }),
    ];
    const records = [aRepair({ sig, action: { run: ['systemctl', 'restart', 'tunnel-x'] } })];
    const { review, move, lesson } = await clientOf(await proposedFolder({ events, records }));
    const { taints } = await review('shadow');
    expect(taints.map(({ argument }) => argument)).toContain('tunnel-x');
    expect(await move('shadow')).toMatchObject({ status: 409, error: { code: 'TYPED' } });
    const typed = Object.fromEntries(taints.map(({ index, argument }) => [index, argument]));
    expect(await move('shadow', { typed: { ...typed, 2: 'tunnel-y' } })).toMatchObject({ status: 409 });
    expect((await lesson())?.rung).toBe('proposed');
    expect(await move('shadow', { typed })).toMatchObject({ status: 200 });
  });

  it('stays if its pattern matches a text without a failure', async () => {
    const folder = await proposedFolder();
    const text = readFileSync(lessonFile(folder), 'utf8');
    writeFileSync(lessonFile(folder), text.replace(/^( {4}- ).*dial.*$/m, '$1.'));
    const { review, move } = await clientOf(folder);
    const seen = await review('shadow');
    expect(seen.test?.falseCount).toBeGreaterThan(0);
    expect(seen.refusal).toContain('false matches');
    expect(await move('shadow')).toMatchObject({ status: 409, error: { code: 'REFUSED' } });
    expect(await move('retired', { reason: 'too wide' })).toMatchObject({ status: 200 });
  });
});
