import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLast } from '../../src/event-log/index.ts';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';

const every = () => true;

describe('the last events', () => {
  const memoryDir = () => {
    const folder = temporaryFolder();
    const { log } = openLog(folder, { maxFileBytes: 500_000, keepFiles: 100 });
    for (let number = 0; number < 4_000; number += 1) {
      log.append(anEvent({ tool: number % 1_000 === 7 ? 'rare' : 'often', error: `é ${number}` }));
    }
    return folder;
  };

  it('are those that the whole log ends with, across its files', async () => {
    const folder = memoryDir();
    const { events } = await readAll(folder);
    for (const most of [0, 1, 10, 1_500, 3_999, 5_000]) {
      expect(await readLast(folder, most, every)).toEqual(most === 0 ? [] : events.slice(-most));
    }
  });

  it('are looked for as far back as it takes', async () => {
    const found = await readLast(memoryDir(), 3, ({ tool }) => tool === 'rare');
    expect(found?.map(({ error }) => error)).toEqual(['é 1007', 'é 2007', 'é 3007']);
  });

  it('are none where there is no log', async () => {
    expect(await readLast(temporaryFolder(), 10, every)).toEqual([]);
  });

  it('are left to who reads the whole log where a piece cannot be read, and only there', async () => {
    const folder = temporaryFolder();
    const { log } = openLog(folder);
    log.append(anEvent({ tool: 'before' }));
    appendFileSync(liveLog(folder), '  - torn\n');
    for (let number = 0; number < 2_000; number += 1) log.append(anEvent());
    expect(await readLast(folder, 10, every)).toHaveLength(10);
    expect(await readLast(folder, 2_001, every)).toBeNull();
  });

  it('are left to who reads the whole log where another program has written it', async () => {
    const folder = temporaryFolder();
    mkdirSync(dirname(liveLog(folder)));
    const record = '- tool: x\n  timestamp: a\n  error: ~\n  fix_applied: ~\n  result: failure\n  retry_count: 0\n';
    writeFileSync(liveLog(folder), `healing_events:\n${record.repeat(20_000)}`);
    expect(await readLast(folder, 10, every)).toBeNull();
  });
});
