import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHealer } from '../../src/healer/create.ts';
import { Backend } from './backend.ts';
import { nameOf, type Verdict } from './cell.ts';
import { cellsOf, isLeftToTheUser, randomCells } from './cells.ts';
import { faults } from './faults.ts';
import { runInProcess } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'healflow-faults-'));
let backend: Backend;
beforeAll(async () => {
  backend = await Backend.open(folder);
});
afterAll(() => {
  backend.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (cells: Parameters<typeof runInProcess>[0], concurrency: number): Promise<Verdict[]> =>
  runInProcess(cells, { create: createHealer, backend, memoryDir: folder, concurrency });

const wrong = (all: readonly Verdict[]): string[] =>
  all.flatMap(({ cell, problems }) => problems.map((problem) => `${nameOf(cell)}: ${problem}`));

describe('every fault, in every channel, for every kind of tool', () => {
  const alone = faults.filter(({ end }) => end === 'exit');
  const together = faults.filter(({ end }) => end !== 'exit');

  it('is healed if the table allows it, and otherwise ends as the tool ended', async () => {
    const all = await run(cellsOf(['thrown', 'isError', 'rpc'], 'safe', together), 16);
    expect(wrong(all)).toEqual([]);
    expect(all.filter(({ observed }) => observed.end === 'healed').length).toBeGreaterThan(100);
  }, 120_000);

  it('is the same if the process of the service dies', async () => {
    expect(wrong(await run(cellsOf(['thrown'], 'safe', alone), 1))).toEqual([]);
  }, 120_000);

  it('follows the replay rules of single tools', async () => {
    const asked = cellsOf(['thrown'], 'always', together).filter(isLeftToTheUser);
    expect(wrong(await run([...asked, ...cellsOf(['thrown'], 'never', together)], 16))).toEqual([]);
  }, 120_000);
});

describe('a random run of faulty calls', () => {
  it('repeats no effect of a call that may change something, and heals every call that may be healed', async () => {
    const all = await run(randomCells(2_000, 20_260_204), 48);
    expect(wrong(all)).toEqual([]);
  }, 120_000);
});
