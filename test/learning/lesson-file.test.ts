import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Approvals, approvalsIn } from '../../src/learning/approvals.ts';
import { doubtOf, lessonDigest } from '../../src/learning/lesson.ts';
import { moveLesson, readLesson, readLessons, writeLesson } from '../../src/learning/lesson-file.ts';
import type { Rung } from '../../src/learning/model.ts';
import { approvalsBeside, lessonAt, lessonFolder, proposed, redact } from './lessons.ts';

const textIn = (dir: string, name: string): string => readFileSync(join(dir, `${name}.yaml`), 'utf8');
const put = (dir: string, name: string, text: string): void => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.yaml`), text);
};
const person = { by: 'Ada', at: Date.UTC(2026, 1, 4, 10, 30) };

/** `KILLS=200` kills as many writers as the requirement asks for. */
const kills = Number(process.env.KILLS ?? 6);

describe('a lesson', () => {
  it('is written as proposed and read as it was written; a folder that is not there has none', async () => {
    const dir = lessonFolder();
    expect(await readLessons(dir, redact, approvalsBeside(dir))).toEqual({ lessons: [], problems: [] });
    const version = await writeLesson(dir, 'tunnel', proposed(), { redact });
    const { lessons, problems } = await readLessons(dir, redact, approvalsBeside(dir));
    expect(problems).toEqual([]);
    expect(lessons).toEqual([
      {
        name: 'tunnel',
        rung: 'proposed',
        isEdited: false,
        isElsewhere: false,
        version,
        content: { ...proposed(), evidence: {}, rung: 'proposed', history: [] },
      },
    ]);
    expect(readdirSync(dir)).toEqual(['tunnel.yaml']);
  });

  it('stays small enough to be read: the oldest moves go', async () => {
    const dir = lessonFolder();
    await lessonAt(dir, 'tunnel', 'shadow');
    const options = { redact, approvals: approvalsBeside(dir) };
    const reason = 'é'.repeat(499);
    for (let number = 0; number < 80; number += 1) {
      const to = number % 2 === 0 ? 'proposed' : 'shadow';
      await moveLesson(dir, 'tunnel', { ...person, to, at: person.at + number, reason }, options);
    }
    const { content, rung } = readLesson(dir, 'tunnel', redact, approvalsBeside(dir));
    expect(rung).toBe('shadow');
    expect(Date.parse(content.history.at(-1)?.at ?? '')).toBe(person.at + 79);
    expect(content.history.length).toBeGreaterThan(20);
  });

  it('is written without what a killed writer has left', async () => {
    const dir = lessonFolder();
    await writeLesson(dir, 'tunnel', proposed(), { redact });
    for (const draft of ['.tunnel.old.draft', '.tunnel.new.draft']) writeFileSync(join(dir, draft), '');
    utimesSync(join(dir, '.tunnel.old.draft'), 0, 0);
    await writeLesson(dir, 'other', proposed(), { redact });
    expect(readdirSync(dir).sort()).toEqual(['.tunnel.new.draft', 'other.yaml', 'tunnel.yaml']);
  });

  it('moves up one step at a time, by a person, to `auto` only with odds of 100:1; and down by anyone', async () => {
    const dir = lessonFolder();
    await writeLesson(dir, 'tunnel', proposed(), { redact });
    const move = (to: 'proposed' | 'shadow' | 'ask' | 'auto' | 'retired', more: object = {}) =>
      moveLesson(dir, 'tunnel', { to, ...person, ...more }, { redact, approvals: approvalsBeside(dir) });
    await expect(move('ask')).rejects.toThrow('one step at a time: from `proposed` to `shadow`');
    await expect(move('shadow', { by: 'healflow' })).rejects.toThrow('only a person moves a lesson up');
    await expect(move('shadow', { by: ' ' })).rejects.toThrow('needs the name of the person');
    expect(await move('shadow')).toMatchObject({ rung: 'shadow', isEdited: false });
    await expect(move('shadow')).rejects.toThrow('already at `shadow`');
    expect(await move('ask')).toMatchObject({ rung: 'ask' });
    await expect(move('auto')).rejects.toThrow('`auto` needs odds of 100:1 that the fix works, and they are unknown');
    await expect(move('auto', { odds: 99.9 })).rejects.toThrow('they are 99:1');
    expect(await move('auto', { odds: 100 })).toMatchObject({ rung: 'auto' });
    expect(await move('ask', { by: 'healflow', reason: 'it stopped working' })).toMatchObject({
      rung: 'ask',
      content: { approved: { by: 'Ada' } },
    });
    await expect(move('retired')).rejects.toThrow('needs a reason');
    expect(await move('retired', { reason: 'the tunnel is gone' })).toMatchObject({ rung: 'retired' });
    await expect(move('ask')).rejects.toThrow('one step at a time: from `retired` to `proposed`');
    const { content } = readLesson(dir, 'tunnel', redact, approvalsBeside(dir));
    expect(content.approved).toBeUndefined();
    expect(content.history.map(({ from, to, by }) => `${from} ${to} ${by}`)).toEqual([
      'proposed shadow Ada',
      'shadow ask Ada',
      'ask auto Ada',
      'auto ask healflow',
      'ask retired Ada',
    ]);
    expect(content.history.at(-1)?.reason).toBe('the tunnel is gone');
  });

  it('counts as proposed once one byte of its pattern, its fix or its rung has changed', async () => {
    const dir = lessonFolder();
    await lessonAt(dir, 'tunnel', 'auto');
    const text = textIn(dir, 'tunnel');
    const [evidence, rung, approved, history] = ['evidence', 'rung', 'approved', 'history'].map((key) =>
      text.indexOf(`\n${key}:`),
    ) as [number, number, number, number];
    const digest = text.indexOf('digest:', approved);
    const covered = [...text].flatMap((character, at) => {
      const isCovered = (at >= text.indexOf('pattern:') && at < evidence) || (at > rung && at < approved);
      return character !== '\n' && (isCovered || (at > digest && at < history)) ? [at] : [];
    });
    expect(covered.length).toBeGreaterThan(250);
    const ends = covered.map((at) => {
      put(dir, 'tunnel', text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1));
      try {
        return readLesson(dir, 'tunnel', redact, approvalsBeside(dir)).rung;
      } catch {
        return 'unusable';
      }
    });
    expect([...new Set(ends)].sort()).toEqual(['proposed', 'unusable']);
    put(dir, 'tunnel', text);
    expect(readLesson(dir, 'tunnel', redact, approvalsBeside(dir)).rung).toBe('auto');
    put(dir, 'other', text);
    expect(readLesson(dir, 'other', redact, approvalsBeside(dir))).toMatchObject({ rung: 'proposed', isEdited: true });
  });

  it('counts as proposed if its file was written with its digest, but without the seal of this machine', async () => {
    const dir = lessonFolder();
    const [here, there] = [approvalsBeside(dir), approvalsIn(join(dir, '..', 'elsewhere'))];
    await writeLesson(dir, 'tunnel', proposed(), { redact });
    const digest = lessonDigest('tunnel', { ...proposed(), rung: 'auto' });
    const forged = `approved: { by: Ada, at: 2026-02-04T10:30:00Z, digest: ${digest}`;
    const text = textIn(dir, 'tunnel');
    for (const seals of ['', `, seals: [${digest}]`, `, seals: [${await there.seal(digest)}]`]) {
      put(dir, 'tunnel', `${text.replace('rung: proposed', 'rung: auto')}${forged}${seals} }\n`);
      expect(readLesson(dir, 'tunnel', redact, here)).toMatchObject({ rung: 'proposed', isElsewhere: true });
      const { lessons } = await readLessons(dir, redact, here);
      expect(lessons.map(doubtOf)).toEqual([
        'it was approved for `auto` on another machine, and counts as `proposed` here: approve it here too',
      ]);
    }
    await expect(
      moveLesson(dir, 'tunnel', { to: 'auto', ...person, odds: 200 }, { redact, approvals: here }),
    ).rejects.toThrow('one step at a time');
  });

  it('is approved on each machine, step by step, and keeps the rung of its file meanwhile', async () => {
    const dir = lessonFolder();
    const [here, there] = [approvalsBeside(dir), approvalsIn(join(dir, '..', 'elsewhere'))];
    const rungs = () => [here, there].map((approvals) => readLesson(dir, 'tunnel', redact, approvals).rung);
    const move = (to: Rung, approvals: Approvals, more: object = {}) =>
      moveLesson(dir, 'tunnel', { to, ...person, ...more }, { redact, approvals });
    await lessonAt(dir, 'tunnel', 'auto');
    expect(rungs()).toEqual(['auto', 'proposed']);
    expect(await move('shadow', there)).toMatchObject({ rung: 'shadow', isElsewhere: true, content: { rung: 'auto' } });
    expect(rungs()).toEqual(['auto', 'shadow']);
    await move('ask', there);
    await expect(move('auto', there)).rejects.toThrow('needs odds');
    expect(rungs()).toEqual(['auto', 'ask']);
    await move('auto', there, { odds: 100 });
    expect(rungs()).toEqual(['auto', 'auto']);
    // Down counts everywhere, and what was sealed here for more is gone.
    await move('ask', here, { by: 'healflow' });
    expect(rungs()).toEqual(['ask', 'ask']);
    const lowered = textIn(dir, 'tunnel');
    const digest = (rung: Rung) => lessonDigest('tunnel', { ...proposed(), rung });
    put(dir, 'tunnel', lowered.replace('rung: ask', 'rung: auto').replace(digest('ask'), digest('auto')));
    expect(readLesson(dir, 'tunnel', redact, here).rung).toBe('ask');
    put(dir, 'tunnel', lowered);
    await move('proposed', there);
    expect(rungs()).toEqual(['proposed', 'proposed']);
    expect(readLesson(dir, 'tunnel', redact, here).content.approved).toBeUndefined();
  });

  it('cannot be approved without a key that only this user can read', async () => {
    const dir = lessonFolder();
    await lessonAt(dir, 'tunnel', 'ask');
    const approvals = approvalsBeside(dir);
    chmodSync(join(dir, '..', 'state', 'learning', 'key'), 0o644);
    expect(readLesson(dir, 'tunnel', redact, approvals).rung).toBe('proposed');
    await expect(moveLesson(dir, 'tunnel', { to: 'shadow', ...person }, { redact, approvals })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining("the lesson 'tunnel' was not moved, as it cannot be approved: the key in"),
    });
  });

  it('stays approved if only its evidence is written again', async () => {
    const dir = lessonFolder();
    await lessonAt(dir, 'tunnel', 'ask');
    const evidence = { repairs: '4 of 4', natural: '1 of 14', odds: 95, seen: 14, tools: 3 };
    put(dir, 'tunnel', stringify({ ...parse(textIn(dir, 'tunnel')), evidence }));
    expect(readLesson(dir, 'tunnel', redact, approvalsBeside(dir))).toMatchObject({
      rung: 'ask',
      content: { evidence: { odds: 95 } },
    });
  });

  it.each([
    ['a class that no lesson is for', 'class: network', 'class: usage', /^tunnel\.yaml:\d+:\d+: expected one of auth/],
    [
      'an expression that is not valid',
      '"tunnel [^ ]+ is stuck"',
      '"(?=x)"',
      /tunnel\.yaml:\d+:\d+: not a valid expression/,
    ],
    [
      'groups nested too deep',
      '"tunnel [^ ]+ is stuck"',
      `"a${'('.repeat(300)}b${')*'.repeat(300)}"`,
      /tunnel\.yaml:\d+:\d+: not a valid expression: groups are nested more than 50 deep/,
    ],
    [
      'an alias in the collection that it refers to',
      '"tunnel [^ ]+ is stuck"',
      '&a [*a, *a]',
      /\*a refers to a collection that contains it/,
    ],
    ['an example that does not match', 'tunnel alpha', 'tonnel alpha', /the pattern does not match its own example/],
    ['no rung', 'rung:', 'rang:', /the key 'rung' is missing/],
    ['a fix that only waits', /run:[\s\S]*?timeoutMs: 30000/, 'use: wait_retry', /expected a repair fix/],
    ['a fix that is a lesson', /run:[\s\S]*?timeoutMs: 30000/, 'use: lesson:other', /expected a repair fix/],
    ['no YAML', 'pattern:', '{pattern', /tunnel\.yaml:\d+:\d+: /],
  ])('is not used if it has %s, and the place is named', async (_, from, to, problem) => {
    const dir = lessonFolder();
    await writeLesson(dir, 'tunnel', proposed(), { redact });
    const text = textIn(dir, 'tunnel').replace('text:\n    - tunnel [^ ]+ is stuck', 'text: "tunnel [^ ]+ is stuck"');
    put(dir, 'tunnel', text.replace(from, to));
    const { lessons, problems } = await readLessons(dir, redact, approvalsBeside(dir));
    expect(lessons).toEqual([]);
    const [first] = problems[0]?.findings ?? [];
    expect(`${first?.shownPlace}: ${first?.problem}${first?.advice ? `; ${first.advice}` : ''}`).toMatch(problem);
  });

  it('is not written in the place of another one, and the writer is told', async () => {
    const dir = lessonFolder();
    const version = await writeLesson(dir, 'tunnel', proposed(), { redact });
    const conflict = { code: 'conflict', message: expect.stringContaining('was changed by somebody else meanwhile') };
    const taken = { code: 'conflict', message: expect.stringContaining('there is already a lesson') };
    await expect(writeLesson(dir, 'tunnel', proposed(), { redact })).rejects.toMatchObject(taken);
    await moveLesson(dir, 'tunnel', { to: 'shadow', ...person }, { redact, approvals: approvalsBeside(dir), version });
    await expect(writeLesson(dir, 'tunnel', proposed(), { redact, replaces: version })).rejects.toMatchObject(conflict);
    await expect(
      moveLesson(dir, 'tunnel', { to: 'ask', ...person }, { redact, approvals: approvalsBeside(dir), version }),
    ).rejects.toMatchObject(conflict);
    expect(readLesson(dir, 'tunnel', redact, approvalsBeside(dir)).rung).toBe('shadow');
    await expect(writeLesson(dir, '../x', proposed(), { redact })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('has one version if many move it at once, and all but one are told', async () => {
    const dir = lessonFolder();
    for (let round = 0; round < 10; round += 1) {
      const name = `tunnel${round}`;
      const version = await writeLesson(dir, name, proposed(), { redact });
      const people = Array.from({ length: 8 }, (_, index) => `person ${index}`);
      const ends = await Promise.allSettled(
        people.map((by) =>
          moveLesson(dir, name, { to: 'shadow', by, at: 0 }, { redact, approvals: approvalsBeside(dir), version }),
        ),
      );
      const won = ends.flatMap((end, index) => (end.status === 'fulfilled' ? [people[index]] : []));
      expect(won).toHaveLength(1);
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'conflict' });
      expect(readLesson(dir, name, redact, approvalsBeside(dir))).toMatchObject({
        rung: 'shadow',
        content: { approved: { by: won[0] } },
      });
    }
    expect(readdirSync(dir).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it(
    'is whole and can be moved on wherever its writer is killed',
    async () => {
      const dir = lessonFolder();
      const program = fileURLToPath(new URL('../fixtures/learning/writes-lessons.mjs', import.meta.url));
      for (let round = 0; round < kills; round += 1) {
        // A lesson of its own: what the file keeps of its moves would make each round slower.
        const name = `tunnel-${round}`;
        await writeLesson(dir, name, proposed(), { redact });
        const args = [program, new URL('../../dist/src/learning/lesson-file.js', import.meta.url).href, dir, name];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        await Promise.race([
          once(child.stdout, 'data'),
          once(child, 'exit').then(() => Promise.reject(new Error('it ended'))),
        ]);
        // A different point of the loop in each round, by the work that is done here meanwhile.
        for (let turn = 0; turn <= (round % 20) * 2; turn += 1) readLesson(dir, name, redact, approvalsBeside(dir));
        child.kill('SIGKILL');
        await once(child, 'exit');
        const { rung, version } = readLesson(dir, name, redact, approvalsBeside(dir));
        const to = rung === 'shadow' ? 'proposed' : 'shadow';
        const moveOn = () =>
          moveLesson(dir, name, { to, by: 'Grace', at: round }, { redact, approvals: approvalsBeside(dir) });
        await moveOn().catch(async (error) => {
          expect(error).toMatchObject({ code: 'conflict' });
          expect(readLesson(dir, name, redact, approvalsBeside(dir)).version).not.toBe(version);
        });
      }
      expect(readdirSync(dir).filter((file) => file.endsWith('.yaml'))).toHaveLength(kills);
    },
    Math.max(60_000, kills * 3_000),
  );
});
