import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repairLog } from '../../src/event-log/index.ts';
import type { LearningRecord } from '../../src/learning/model.ts';
import { learningRecords } from '../../src/learning/read-repairs.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { temporaryFolder } from '../event-log/events.ts';
import { acknowledged, ended, startWriter } from '../event-log/writers.ts';
import { aNote, aRecovery, aRepair, aTrial, openRepairs, readAllRepairs } from './records.ts';

fc.configureGlobal({ seed: 20_260_204 });

const fileOf = (memoryDir: string): string => join(memoryDir, 'learned/repairs.yaml');

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('\n  - timestamp: "2026-02-04T10:30:00.000Z"\n', 'repairs:', '\u0085', '\u2028', '"', '# ', ': '),
);

const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
const common = {
  tool: text,
  sig: hex,
  args: fc.option(hex),
  window_ms: fc.nat(),
};
const result = fc.constantFrom('failed' as const, 'succeeded' as const, 'unknown' as const);

const records: fc.Arbitrary<LearningRecord> = fc.oneof(
  fc.record(common).map((fields) => aRecovery(fields)),
  fc.record({ ...common, between: fc.array(text, { maxLength: 3 }) }).map((fields) => aRecovery(fields)),
  fc
    .record({ ...common, before: result, after: result, action: fc.record({ run: fc.array(text, { maxLength: 5 }) }) })
    .map((fields) => aRepair(fields)),
  fc.record({ ...common, after: result, lesson: text }).map((fields) => aTrial(fields)),
  fc.record({ tool: text, sig: hex, note: text }).map((fields) => aNote(fields)),
);

const windowOf = (record: LearningRecord): number => ('window_ms' in record ? record.window_ms : Number.NaN);

describe('a record of repairs', () => {
  it('comes back as it was, through any YAML parser and through the reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(records, { minLength: 1, maxLength: 4 }), async (written) => {
        const memoryDir = temporaryFolder();
        const { log, warnings } = openRepairs(memoryDir);
        for (const record of written) expect(log.append(record)).toBe(true);
        expect(parse(readFileSync(fileOf(memoryDir), 'utf8'))).toEqual({ repairs: written });
        expect(await readAllRepairs(memoryDir)).toEqual({ records: written, damage: [] });
        expect(warnings).toEqual([]);
      }),
      { numRuns: 100, seed: 20260204 },
    );
  });

  it('holds no secret, and says that its command is not complete then', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openRepairs(memoryDir, { redact: createRedactor({ values: ['dummy-secret-value'], env: {} }) });
    log.append(aRepair({ action: { run: ['login', '--password', 'Dummy-Pa55-word', '--user', 'ada'] } }));
    log.append(aRepair({ action: { run: ['login', 'dummy-secret-value'] } }));
    log.append(aRepair());
    log.append(aRecovery({ between: ['login dummy-secret-value'] }));
    const written = readFileSync(fileOf(memoryDir), 'utf8');
    expect(written).not.toContain('dummy-secret-value');
    expect(written).not.toContain('Dummy-Pa55-word');
    const { records: read } = await readAllRepairs(memoryDir);
    expect(read.map((record) => record.kind === 'repaired' && record.incomplete)).toEqual([
      true,
      true,
      undefined,
      false,
    ]);
  });

  it.each([
    ['mysqladmin', '-u', 'root', '-pdummyS3cretX9', 'flush-hosts'],
    ['sshpass', '-p', 'dummyS3cretX9', 'scp', 'a', 'b:'],
    ['redis-cli', '-a', 'dummyS3cretX9', 'ping'],
    ['docker', 'login', '-u', 'a', '-p', 'dummyS3cretX9'],
    ['ldapsearch', '-w', 'dummyS3cretX9'],
    ['smbclient', '-U', 'a%dummyS3cretX9', '//host/share'],
    ['nmcli', 'dev', 'wifi', 'connect', 'office', 'password', 'dummyS3cretX9'],
  ])('holds no secret that shows only in the whole command: %s %s', async (...run) => {
    const memoryDir = temporaryFolder();
    const { log } = openRepairs(memoryDir, { redact: createRedactor({ env: {} }) });
    log.append(aRepair({ action: { run } }));
    expect(readFileSync(fileOf(memoryDir), 'utf8')).not.toContain('dummyS3cretX9');
    const [read] = (await readAllRepairs(memoryDir)).records;
    expect(read).toMatchObject({ incomplete: true, action: { run: expect.arrayContaining([run[0]]) } });
  });

  it('is never longer than one write, and leaves out arguments rather than cut one', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openRepairs(memoryDir);
    const long = '\u0085'.repeat(300);
    log.append(aRepair({ tool: long, action: { run: ['fix', long, 'end'] } }));
    log.append(aRecovery({ tool: long, between: [long, long, long] }));
    log.append(aTrial({ tool: long, lesson: long }));
    const sizes = readFileSync(fileOf(memoryDir), 'utf8')
      .split('  - timestamp')
      .map((part) => Buffer.byteLength(part));
    expect(Math.max(...sizes)).toBeLessThan(4_096);
    const { records: read } = await readAllRepairs(memoryDir);
    expect(read[0]).toMatchObject({ action: { run: ['fix', long, 'end'] } });
    expect(read[1]).toMatchObject({ between: [expect.stringContaining('\u0085')] });
    log.append(aRepair({ action: { run: ['fix', long, long, 'end'] } }));
    const last = (await readAllRepairs(memoryDir)).records.at(-1);
    expect(last).toMatchObject({ action: { run: ['fix', long] }, incomplete: true });
  });

  it('is refused with a warning if it is not whole', () => {
    const memoryDir = temporaryFolder();
    const { log, warnings } = openRepairs(memoryDir);
    expect(log.append(aRepair({ sig: 'no digest' }))).toBe(false);
    expect(log.append(aRepair({ window_ms: Number.NaN }))).toBe(false);
    expect(warnings).toHaveLength(1);
  });

  it('that cannot be written is told once and throws nothing', () => {
    const memoryDir = temporaryFolder();
    mkdirSync(fileOf(memoryDir), { recursive: true });
    const { log, warnings } = openRepairs(memoryDir);
    expect([log.append(aRepair()), log.append(aRepair())]).toEqual([false, false]);
    expect(warnings).toEqual([expect.stringContaining('repairs.yaml cannot be written')]);
  });

  it('is rotated with its file, and read in order', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openRepairs(memoryDir, { maxFileBytes: 2_000, keepFiles: 100 });
    for (let number = 0; number < 50; number += 1) log.append(aRepair({ window_ms: number }));
    expect(readdirSync(join(memoryDir, 'learned')).length).toBeGreaterThan(5);
    expect((await readAllRepairs(memoryDir)).records.map(windowOf)).toEqual([...Array(50).keys()]);
  });
});

describe('a torn record of repairs', () => {
  it('is skipped wherever it was cut, and its neighbours are read', async () => {
    const whole = temporaryFolder();
    openRepairs(whole).log.append(aRepair());
    const { size } = statSync(fileOf(whole));
    for (let cut = 'repairs:\n'.length + 4; cut < size - 1; cut += 7) {
      const memoryDir = temporaryFolder();
      const { log } = openRepairs(memoryDir);
      log.append(aRepair({ window_ms: 1 }));
      truncateSync(fileOf(memoryDir), cut);
      log.append(aRepair({ window_ms: 2 }));
      const { records: read, damage } = await readAllRepairs(memoryDir);
      expect(read.map(windowOf)).toEqual([2]);
      expect(damage).toHaveLength(1);
    }
  });

  it('is set aside by a repair of the log', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openRepairs(memoryDir);
    log.append(aRepair());
    appendFileSync(fileOf(memoryDir), '  - timestamp: "2026-02-04T10:30:04.100Z"\n    tool: "cut');
    log.append(aTrial());
    const [file] = await repairLog(memoryDir, [learningRecords(memoryDir)]);
    expect(file).toMatchObject({ path: fileOf(memoryDir), pieces: 1, problem: null });
    expect(parse(readFileSync(fileOf(memoryDir), 'utf8')).repairs).toEqual([aRepair(), aTrial()]);
  });
});

/** `KILLS=200` for a long run. */
const kills = Number(process.env.KILLS ?? 20);

describe('writers that are killed while they write repairs', { timeout: 600_000 }, () => {
  it('lose no acknowledged record and leave no half one', async () => {
    const memoryDir = temporaryFolder();
    const options = { maxFileBytes: 256 * 1024, keepFiles: 10_000 };
    const { log } = openRepairs(memoryDir, options);
    let own = 0;
    const names = Array.from({ length: kills }, (_, index) => `victim-${index}`);
    for (let first = 0; first < kills; first += 4) {
      const ends = names.slice(first, first + 4).map((name, index) => {
        const victim = startWriter(memoryDir, name, 1_000_000, { ...options, repairs: true });
        let dots = 0;
        victim.stdout?.on('data', (chunk: Buffer) => {
          dots += chunk.length;
          expect(log.append(aTrial({ tool: 'survivor', window_ms: own }))).toBe(true);
          own += 1;
          if (dots > ((first + index) * 7) % 40) victim.kill('SIGKILL');
        });
        return ended(victim);
      });
      expect(await Promise.all(ends)).toEqual(ends.map(() => 'SIGKILL'));
    }
    const { records: read, damage } = await readAllRepairs(memoryDir);
    const numbers = new Map<string, number[]>();
    for (const record of read) numbers.set(record.tool, [...(numbers.get(record.tool) ?? []), windowOf(record)]);
    expect(numbers.get('survivor')).toEqual([...Array(own).keys()]);
    for (const name of names) {
      const missing = new Set(acknowledged(memoryDir, name));
      expect(missing.size).toBeGreaterThan(0);
      for (const number of numbers.get(name) ?? []) missing.delete(number);
      expect([...missing]).toEqual([]);
    }
    for (const record of read) {
      if (record.kind !== 'repaired' || !('run' in record.action)) continue;
      expect(record.action.run[1]).toBe('e'.repeat((record.window_ms * 37) % 1_200));
    }
    expect(damage.length).toBeLessThanOrEqual(kills);
  });
});
