import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createHealer } from '../../src/index.ts';
import { draftLesson } from '../../src/learning/draft-lesson.ts';
import { readKnowledge } from '../../src/learning/knowledge.ts';
import { readLessons, writeLesson } from '../../src/learning/lesson-file.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { temporaryFolder } from '../event-log/events.ts';
import { program } from '../fixes/support.ts';
import { hostileTexts, marker } from './hostile-texts.ts';
import { approvalsBeside, lessonAt } from './lessons.ts';

const redact = createRedactor({ env: {} });
const now = () => Date.parse('2026-02-05T00:00:00.000Z');
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** The fix `own:restart`, which notes its arguments in a file. */
const restart = (trace: string) => ({
  restart: { command: program('appends.mjs', trace, 'ran'), cooldownMs: 0, budget: { runs: 1_000 } },
});

/** A folder with a configuration, and the file that no text may have made. */
const prepared = (more: object = {}) => {
  const folder = temporaryFolder();
  const trace = join(folder, 'trace');
  // No breaker: every text gets as far as a fix.
  const config = {
    attempts: 1,
    healForNextCall: true,
    outagePatienceMs: 0,
    breaker: { failures: 1_000 },
    fixes: { own: restart(trace) },
    ...more,
  };
  writeFileSync(join(folder, 'healflow.yaml'), JSON.stringify(config));
  const env = { PATH: process.env.PATH ?? '', HEALFLOW_STATE_DIR: join(folder, 'state') };
  return { folder, trace, env, texts: hostileTexts(join(folder, 'canary')), memoryDir: join(folder, 'memory') };
};

/** Nothing was made whose path begins like the canary, and the fix ran this often, with its own arguments alone. */
const expectUnharmed = ({ folder, trace }: ReturnType<typeof prepared>, runs: number): void => {
  expect(readdirSync(folder).filter((name) => name.startsWith('canary'))).toEqual([]);
  expect(existsSync(trace) ? readFileSync(trace, 'utf8') : '').toBe('ran\n'.repeat(runs));
};

const expectProposedOnly = async (folder: string): Promise<number> => {
  const { lessons, problems } = await readLessons(
    join(folder, 'lessons'),
    redact,
    approvalsBeside(join(folder, 'lessons')),
  );
  expect(problems).toEqual([]);
  for (const { name, rung, content } of lessons) {
    expect([name, rung]).toEqual([name, 'proposed']);
    expect(content.fix).toEqual({ use: 'own:restart' });
    expect(name).not.toContain(marker);
  }
  return lessons.length;
};

describe('hostile texts', { timeout: 120_000 }, () => {
  it('are 200, each with the marker', () => {
    const texts = hostileTexts('/tmp/canary');
    expect(new Set(texts).size).toBe(200);
    expect(texts.filter((text) => !text.includes(marker))).toEqual([]);
  });

  it('as the output of a tool run nothing, and become no more than data in a proposed lesson', async () => {
    const world = prepared({
      patterns: [
        { id: 'stuck', class: 'network', text: 'tunnel is stuck', fix: 'vpn_connect', tools: 'get_*' },
        { id: 'stuck-pods', class: 'network', text: 'tunnel is stuck', fix: 'own:restart', tools: 'restart_*' },
      ],
      fixes: { own: restart('TRACE'), vpn_connect: { cooldownMs: 0, budget: { runs: 1_000 } } },
    });
    const { folder, trace, env, texts, memoryDir } = world;
    const file = join(folder, 'healflow.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"TRACE"', () => JSON.stringify(trace)),
    );
    let connects = 0;
    const healer = await createHealer({
      cwd: folder,
      env,
      fixes: {
        vpn_connect: () => {
          connects += 1;
        },
      },
    });
    const outputs: readonly ((text: string) => unknown)[] = [
      (text) => text,
      (text) => ({ isError: true, content: [{ type: 'text', text }] }),
      (text) => {
        throw new Error(text);
      },
    ];
    for (const output of outputs) for (const text of texts) await healer.runOutcome('get_pods', () => output(text));
    expect(connects).toBeGreaterThan(50);
    expectUnharmed(world, 0);
    // The fix that is a process runs for some of them: its arguments are its own.
    const stuck = texts.filter((text) => text.startsWith('tunnel is stuck')).filter((_, index) => index % 3 === 0);
    for (const text of stuck) await healer.runOutcome('restart_pods', () => outputs[2]?.(text));
    await healer.close();
    expectUnharmed(world, stuck.length);

    const { failures } = await readKnowledge(memoryDir, { now: now() });
    expect(failures.length).toBeGreaterThan(100);
    const drafts = failures.map((failure) => draftLesson(failure, { use: 'own:restart' }));
    const usable = drafts.flatMap((draft) => ('refused' in draft ? [] : [draft]));
    expect(usable.length).toBeGreaterThan(100);
    for (const { name, content } of usable) {
      expect(name).not.toContain(marker);
      expect(content.fix).toEqual({ use: 'own:restart' });
    }
    let written = 0;
    for (const { name, content } of usable.filter((_, index) => index % 4 === 0)) {
      // A line with control characters may be no example of its own pattern; then nothing is written.
      const made = await writeLesson(join(folder, 'lessons'), `${name}-${written}`, content, { redact }).catch(
        () => null,
      );
      if (made !== null) written += 1;
    }
    expect(written).toBeGreaterThan(20);
    expect(await expectProposedOnly(folder)).toBe(written);

    const later = prepared({ learn: { lessons: join(folder, 'lessons') } });
    const next = await createHealer({ cwd: later.folder, env: later.env });
    const some = texts.filter((_, index) => index % 3 === 0);
    for (const text of some) await next.runOutcome('get_pods', () => outputs[1]?.(text));
    await next.close();
    expectUnharmed(later, 0);
    expect(await expectProposedOnly(folder)).toBe(written);
  });

  it('on the stderr of a server run nothing', async () => {
    const world = prepared();
    const { folder, env, texts } = world;
    const file = join(folder, 'texts.json');
    writeFileSync(file, JSON.stringify(texts));
    const server = fileURLToPath(new URL('../fixtures/learning/stderr-server.mjs', import.meta.url));
    const proxy = spawn(process.execPath, [main, 'proxy', '--', process.execPath, server, file], {
      cwd: folder,
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let stderr = '';
    proxy.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('that was all')) proxy.stdin.end();
    });
    await once(proxy, 'close');
    expect(stderr.split(marker).length).toBeGreaterThan(200);
    expectUnharmed(world, 0);
    expect(existsSync(join(folder, 'lessons'))).toBe(false);
  });

  it('from an agent run nothing and get into no lesson', async () => {
    const world = prepared();
    const { folder, env, texts, memoryDir } = world;
    const healer = await createHealer({ cwd: folder, env });
    await healer.runOutcome('get_pods', () => {
      throw new Error('dial tcp 10.0.0.7:443: connect: network is unreachable');
    });
    await healer.close();
    const client = new Client({ name: 'agent', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [main, 'mcp'], cwd: folder, env }),
    );
    onTestFinished(() => client.close());
    const isRefused = async (args: Record<string, unknown>): Promise<boolean> => {
      const { isError } = await client.callTool({ name: 'healflow_propose', arguments: args });
      return isError === true;
    };
    const [failure] = (await readKnowledge(memoryDir, { now: now() })).failures;
    const sig = failure?.id ?? '';
    let noted = 0;
    for (const text of texts) {
      expect(await isRefused({ sig, fix: text })).toBe(true);
      expect(await isRefused({ sig: text, fix: 'own:restart' })).toBe(true);
      await client.callTool({ name: 'healflow_explain', arguments: { text } });
      if (!(await isRefused({ sig, note: text }))) noted += 1;
    }
    expect(noted).toBe(20);
    expect(existsSync(join(folder, 'lessons'))).toBe(false);
    expect(await isRefused({ sig, fix: 'own:restart' })).toBe(false);
    expectUnharmed(world, 0);
    expect(await expectProposedOnly(folder)).toBe(1);
    for (const file of readdirSync(join(folder, 'lessons'))) {
      expect(readFileSync(join(folder, 'lessons', file), 'utf8')).not.toContain(marker);
    }
    expect((await readKnowledge(memoryDir, { now: now(), only: sig })).failures).toMatchObject([
      { actions: [], notes: { length: 20 } },
    ]);
  });

  it('in the file of an approved lesson take its approval away, or make it unreadable', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const world = prepared();
    const dir = join(world.folder, 'lessons');
    await lessonAt(dir, 'tunnel', 'auto');
    const file = join(dir, 'tunnel.yaml');
    const approved = readFileSync(file, 'utf8');
    expect((await readLessons(dir, redact, approvalsBeside(dir))).lessons).toMatchObject([{ rung: 'auto' }]);
    const edits: readonly ((text: string) => string)[] = [
      (text) => approved.replace('tunnel [^ ]+ is stuck', () => JSON.stringify(text)),
      (text) => approved.replace(/run:[\s\S]*?(?=\n {2}\w|\n\w)/, () => `run: [touch, ${JSON.stringify(text)}]`),
      (text) => approved.replace('db_*', () => JSON.stringify(text)),
      (text) => approved.replace('rung: auto', () => `rung: auto\n${text}`),
      (text) => text,
    ];
    for (const [index, text] of world.texts.entries()) {
      for (const edit of [edits[index % 5], edits[(index + 2) % 5]]) {
        const edited = edit?.(text) ?? '';
        expect(edited).not.toBe(approved);
        writeFileSync(file, edited);
        const { lessons } = await readLessons(dir, redact, approvalsBeside(dir));
        expect(lessons.filter(({ rung }) => rung !== 'proposed')).toEqual([]);
      }
    }
    expect(warned).not.toHaveBeenCalled();
    expectUnharmed(world, 0);
  });
});
