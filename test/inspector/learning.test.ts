import { describe, expect, it, onTestFinished } from 'vitest';
import type { Read } from '../../src/inspector/fleet-model.ts';
import { InspectorServer } from '../../src/inspector/inspector.ts';
import type { LearningOverview, LessonReview, SignatureRow } from '../../src/inspector/learning-model.ts';
import { diffLines } from '../../src/inspector/line-diff.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLearning, taint } from './page/learning.ts';
import { apiOf } from './support.ts';

const now = Date.UTC(2026, 1, 4, 10, 30);
const name = 'office-tunnel';

/** An inspector that shows what was learned, and a client of its API. */
const inspect = async (learning = new FakeLearning(now)) => {
  const clock = new FakeClock();
  const inspector = new InspectorServer({ clock });
  await inspector.watchLearning(learning);
  await inspector.open();
  onTestFinished(() => inspector.close());
  const api = apiOf(inspector);
  const page = { host: new URL(api.base).host, origin: api.base, 'content-type': 'application/json' };
  const move = async (body: unknown, headers: Record<string, string> = {}, of = name) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const path = `/api/learning/lessons/${of}/move`;
    const response = await api.raw(path, { ...page, ...length, ...headers }, 'POST', text);
    return { status: response.status, ...JSON.parse(response.text) };
  };
  const overview = () => api.json<Read<LearningOverview>>('/api/learning');
  return { api, clock, learning, move, overview, page };
};

const yes = { to: 'ask', version: `${name} 1`, by: 'Mira', reason: null, typed: {} };

describe('an inspector without learning', () => {
  it('has no part of it', async () => {
    const inspector = new InspectorServer({});
    await inspector.open();
    const api = apiOf(inspector);
    expect(await api.json('/api/mode')).not.toHaveProperty('learning');
    expect((await api.get('/api/learning')).status).toBe(404);
    const headers = { host: new URL(api.base).host, origin: api.base };
    expect((await api.raw(`/api/learning/lessons/${name}/move`, headers, 'POST')).status).toBe(405);
    await inspector.close();
  });
});

describe('an inspector of what was learned', () => {
  it('shows signatures, lessons and records', async () => {
    const { api, overview } = await inspect();
    expect(await api.json('/api/mode')).toMatchObject({ mode: 'live', learning: true });
    const { value, problem } = await overview();
    expect(problem).toBeNull();
    expect(value?.signatures[0]).toMatchObject({ seen: 14, natural: { recovered: 1, of: 14 } });
    expect(value?.lessons.map(({ rung, isEdited }) => [rung, isEdited])).toEqual([
      ['shadow', false],
      ['proposed', true],
      ['retired', false],
    ]);
    expect(value?.records).toHaveLength(7);
  });

  it('says that there is nothing', async () => {
    const { api } = await inspect(new FakeLearning(now, { signatures: [], lessons: [], records: [] }));
    expect(await api.json('/api/mode')).toMatchObject({ learning: false });
  });

  it('lists the most frequent signatures, and finds each of the others', async () => {
    const one = new FakeLearning(now).state.signatures[0] as SignatureRow;
    const many = Array.from({ length: 150 }, (_, index) => ({ ...one, id: index.toString(16).padStart(16, '0') }));
    const { api, overview } = await inspect(new FakeLearning(now, { signatures: many }));
    const { value } = await overview();
    expect([value?.signatures.length, value?.signatureCount]).toEqual([100, 150]);
    const rare = many[149] as SignatureRow;
    expect(await api.json(`/api/learning/signatures/${rare.id}`)).toEqual(rare);
    expect((await api.get('/api/learning/signatures/ffffffffffffffff')).status).toBe(404);
    expect((await api.get('/api/learning/signatures/..%2f')).status).toBe(404);
  });

  it('reads the files only if somebody asks, once for all, and only if they have changed', async () => {
    const { api, learning, overview } = await inspect();
    for (const path of ['/api/mode', '/api/runs', '/api/health', '/api/totals']) await api.get(path);
    expect(learning.reads).toBe(0);
    await Promise.all(Array.from({ length: 20 }, overview));
    await overview();
    expect(learning.reads).toBe(1);
    learning.change(name, { rung: 'proposed' });
    expect((await overview()).value?.lessons[0]?.rung).toBe('proposed');
    expect(learning.reads).toBe(2);
  });

  it('rests after a read that took long', async () => {
    const { clock, learning, overview } = await inspect();
    const read = learning.read.bind(learning);
    learning.read = async () => {
      await clock.advance(2_000);
      return read();
    };
    await overview();
    learning.version += 1;
    await clock.advance(9_000);
    expect((await overview()).ageMs).toBe(11_000);
    expect(learning.reads).toBe(1);
    await clock.advance(2_000);
    await overview();
    expect(learning.reads).toBe(2);
  });

  it('shows the last state if it cannot be read, and says why without secrets', async () => {
    const { learning, overview } = await inspect();
    const first = await overview();
    learning.problem = 'EACCES: DUMMY-SECRET';
    learning.version += 1;
    expect(await overview()).toMatchObject({
      value: first.value,
      problem: 'What was learned cannot be read: EACCES: [redacted]',
    });
    learning.problem = null;
    expect(await overview()).toMatchObject({ problem: null });
  });

  it('shows what a move changes, before it is made', async () => {
    const { api } = await inspect();
    const review = await api.json<LessonReview>(`/api/learning/lessons/${name}/review?to=ask`);
    expect(review).toMatchObject({ from: 'shadow', to: 'ask', version: `${name} 1`, refusal: null });
    expect(review.diff.filter(({ sign }) => sign !== ' ')).toEqual([
      { sign: '-', text: 'rung: shadow' },
      { sign: '-', text: 'approved: { by: Mira }' },
      { sign: '+', text: 'rung: ask' },
      { sign: '+', text: 'approved: { by: (your name) }' },
    ]);
    for (const path of [
      'office-tunnel/review',
      'office-tunnel/review?to=root',
      'none/review?to=ask',
      '../x/review?to=ask',
    ])
      expect((await api.get(`/api/learning/lessons/${path}`)).status).toBe(404);
  });

  it('moves a lesson, and records who did and why, on one line and without secrets', async () => {
    const { learning, move, overview } = await inspect();
    await overview();
    expect(await move({ ...yes, by: ' Mira\nDUMMY-SECRET ', reason: 'agreed\twith all' })).toMatchObject({
      status: 200,
      rung: 'ask',
    });
    expect(learning.moves).toEqual([{ name, to: 'ask', by: 'Mira [redacted]', reason: 'agreed with all' }]);
    // What was read before the move does not count any more.
    expect((await overview()).value?.lessons[0]).toMatchObject({ rung: 'ask', approved: { by: 'Mira [redacted]' } });
  });

  it('asks for a name, and to retire for a reason', async () => {
    const { learning, move } = await inspect();
    for (const by of [' \u200b ', 'healflow', ' Healflow '])
      expect(await move({ ...yes, by })).toMatchObject({ status: 400, error: { code: 'NAME' } });
    const retire = { ...yes, to: 'retired' };
    expect(await move({ ...retire, reason: ' ' })).toMatchObject({ status: 400, error: { code: 'REASON' } });
    expect(learning.moves).toEqual([]);
    expect(await move({ ...retire, reason: 'gone' })).toMatchObject({ status: 200, rung: 'retired' });
  });

  it.each([
    ['nothing', {}],
    ['something else', { '3': 'office-vpn-2' }],
    ['it with a blank', { '3': 'office-vpn-3 ' }],
    ['it for another argument', { '2': 'office-vpn-3' }],
    ['a text of the prototype', { constructor: 'office-vpn-3' }],
  ])('refuses to move up with a tainted argument if a person typed %s', async (_title, typed) => {
    const { learning, move } = await inspect();
    learning.taints = [taint];
    const refused = await move({ ...yes, typed });
    expect(refused).toMatchObject({ status: 409, error: { code: 'TYPED' } });
    expect(JSON.stringify(refused)).not.toContain(taint.argument);
    expect(learning.moves).toEqual([]);
    expect(await move({ ...yes, typed: { '3': taint.argument } })).toMatchObject({ status: 200 });
  });

  it('moves down without it', async () => {
    const { learning, move } = await inspect();
    learning.taints = [taint];
    expect(await move({ ...yes, to: 'proposed' })).toMatchObject({ status: 200, rung: 'proposed' });
  });

  it('lets one of two people move it, and tells the other', async () => {
    const { learning, move } = await inspect();
    const moves = await Promise.all([move(yes), move({ ...yes, by: 'Tom', to: 'retired', reason: 'gone' })]);
    expect(moves.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(moves.find(({ status }) => status === 409)).toMatchObject({ error: { code: 'CHANGED' } });
    expect(learning.moves).toHaveLength(1);
    expect((await move(yes)).error.message).toContain('was changed after you opened it');
  });

  it('tells a person if the file changes at the last moment', async () => {
    const { learning, move } = await inspect();
    learning.onMove = () => learning.change(name, { version: 'other' });
    expect(await move(yes)).toMatchObject({ status: 409, error: { code: 'CHANGED' } });
  });

  it('says why a lesson may not be moved', async () => {
    const { learning, move } = await inspect();
    learning.refusal = 'it matches a healthy text';
    expect(await move(yes)).toMatchObject({ status: 409, error: { code: 'REFUSED', message: learning.refusal } });
    learning.refusal = null;
    learning.move = () => Promise.reject(new Error('EROFS: read-only file system'));
    expect(await move(yes)).toMatchObject({ status: 500, error: { code: 'FAILED' } });
    expect(await move(yes, {}, 'none')).toMatchObject({ status: 404 });
  });

  it('takes a move only from its own page, with its token, and never by GET', async () => {
    const { api, learning, move, page } = await inspect();
    const status = async (headers: Record<string, string>, body: unknown = yes) => (await move(body, headers)).status;
    expect(await status({ authorization: '' })).toBe(401);
    expect(await status({ authorization: `Bearer ${api.token}x` })).toBe(401);
    expect(await status({ host: 'evil.example' })).toBe(403);
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      expect(await status({ origin })).toBe(403);
    expect(await status({ 'content-type': 'text/plain' })).toBe(415);
    expect(await status({}, 'no JSON')).toBe(400);
    for (const body of [
      [],
      { ...yes, to: 'root' },
      { ...yes, by: 7 },
      { ...yes, typed: { 3: 7 } },
      { ...yes, reason: 7 },
    ])
      expect(await status({}, body)).toBe(400);
    expect(await status({}, { ...yes, reason: 'x'.repeat(20_000) })).toBe(413);
    const { origin: _origin, ...noOrigin } = page;
    const path = `/api/learning/lessons/${name}/move`;
    expect((await api.raw(path, { ...noOrigin, 'content-length': '2' }, 'POST', '{}')).status).toBe(403);
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect((await api.raw(path, page, method)).status).toBe(405);
    expect((await api.raw(`${path}/more`, page, 'POST')).status).toBe(405);
    expect((await api.raw(`${path}?to=ask`, page, 'POST')).status).toBe(405);
    expect((await api.get(`${path}?to=ask&by=Mira`)).status).toBe(404);
    expect(learning.moves).toEqual([]);
  });
});

describe('the difference of two texts', () => {
  const marked = (before: string, after: string) => diffLines(before, after).map(({ sign, text }) => sign + text);

  it('keeps the lines that stay', () => {
    expect(marked('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(marked('a\n', 'a\n')).toEqual([' a']);
    expect(marked('', 'a')).toEqual(['-', '+a']);
  });
});
