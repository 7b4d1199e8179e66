import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLossNote } from '../../src/fleet/loss-note.ts';
import { temporaryFolder } from './shippers.ts';

const loss = { askedAt: 1_000, lostAt: 6_000 };

describe('the note of a lost database', () => {
  it('is seen by the other processes of the machine until it is cleared', async () => {
    const folder = temporaryFolder('note');
    const [one, other] = [1, 2].map(() => new FileLossNote(join(folder, 'fleet.lost')));
    expect(other?.read()).toBeNull();
    await one?.write(loss);
    expect(other?.read()).toEqual(loss);
    await other?.clear();
    expect(one?.read()).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['', '{', '[]', '{"askedAt":1}', '{"askedAt":"1","lostAt":2}'])('does not count if it is %j', (text) => {
    const path = join(temporaryFolder('note'), 'fleet.lost');
    writeFileSync(path, text);
    expect(new FileLossNote(path).read()).toBeNull();
  });

  it('is left out where it cannot be written', async () => {
    const path = join(temporaryFolder('note'), 'fleet.lost');
    mkdirSync(path);
    const note = new FileLossNote(path);
    await note.write(loss);
    expect(note.read()).toBeNull();
    await note.clear();
  });
});
