import { describe, expect, it } from 'vitest';
import { learn } from '../../../src/cli/learn/learn.ts';
import { show } from '../../../src/cli/learn/show.ts';
import { aNote, aRepair } from '../../learning/records.ts';
import { capture } from '../log-io.ts';
import { aFailure, folderOf, now, repaired, sig } from './support.ts';

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('healflow learn', () => {
  it('shows each failure with what repaired it, in 80 columns', async () => {
    const { io, stdout, stderr } = capture(
      await folderOf({
        events: [aFailure(), aFailure({ tool: 'get_nodes' }), aFailure({ error: 'Unauthorized', class: 'auth' })],
        records: repaired(4),
      }),
    );
    expect(await learn({}, io, now)).toBe(0);
    expect(stderr()).toBe('');
    expect(widest(stdout())).toBeLessThanOrEqual(80);
    expect(stdout()).toContain(
      `
SIGNATURE         SEEN  TOOLS  RECOVERS BY ITSELF  LAST
${sig}     2      2  0 of 40 (0 to 9 %)  2026-02-04
  dial tcp <host>:<port>: connect: network is unreachable
  after systemctl restart tunnel 4 of 4 (51 to 100 %), without it 0 of 40: odds
`.slice(1),
    );
    expect(stdout()).toMatch(/^[0-9a-f]{16} +1 +1 {2}unknown/m);
  });

  it('writes the same as JSON, with unknown as null', async () => {
    const { io, stdout } = capture(await folderOf({ records: repaired(1, 0) }));
    expect(await learn({ json: true }, io, now)).toBe(0);
    expect(JSON.parse(stdout())).toMatchObject({
      failures: [
        {
          sig,
          seen: 1,
          natural: { recovered: 0, of: 0, interval: null },
          actions: [{ run: ['systemctl', 'restart', 'tunnel'], trials: { succeeded: 1, of: 1 } }],
        },
      ],
      others: 0,
    });
  });

  it('leaves out other tools and other times', async () => {
    const folder = await folderOf({ events: [aFailure(), aFailure({ tool: 'other' })] });
    const shown = async (options: Parameters<typeof learn>[0]) => {
      const { io, stdout } = capture(folder);
      await learn({ json: true, ...options }, io, now);
      return JSON.parse(stdout()).failures;
    };
    expect(await shown({ tool: ['oth*'] })).toMatchObject([{ tools: { other: 1 } }]);
    expect(await shown({ since: '1h' })).toEqual([]);
    const { io, stdout } = capture(folder);
    await learn({ tool: ['nope'] }, io, now);
    expect(stdout()).toBe('no failure matches\n');
  });

  it('cannot be steered by what a tool said', async () => {
    const { io, stdout } = capture(
      await folderOf({ events: [aFailure({ error: 'a\u001b[2Jb\u202efailed\r\nx', tool: 'x\u001b[31m' })] }),
    );
    await learn({}, io, now);
    await show(
      JSON.parse(
        await (async () => {
          const json = capture(io.cwd);
          await learn({ json: true }, json.io, now);
          return json.stdout();
        })(),
      ).failures[0].sig,
      {},
      io,
      now,
    );
    for (const character of ['\u001b', '\u202e', '\r']) expect(stdout()).not.toContain(character);
  });
});

describe('healflow learn show', () => {
  it('shows a failure by its signature or the first digits of it', async () => {
    const folder = await folderOf({ records: [...repaired(4), aNote({ sig, note: 'since the firewall' })] });
    for (const name of [sig, sig.slice(0, 6)]) {
      const { io, stdout } = capture(folder);
      expect(await show(name, {}, io, now)).toBe(0);
      expect(stdout()).toContain('seen 1 time in 1 tool, recovers by itself 0 of 40 (95 % interval 0 to 9 %)');
      expect(stdout()).toContain(
        '  1. after systemctl restart tunnel 4 of 4 (51 to 100 %), without it 0 of 40:\n    odds ',
      );
      expect(stdout()).toContain('2026-02-04: since the firewall');
      expect(stdout()).toContain(`healflow learn propose ${sig} --run 1 writes a lesson of it`);
      expect(widest(stdout())).toBeLessThanOrEqual(80);
    }
  });

  it('says that one repair may be chance', async () => {
    const { io, stdout } = capture(await folderOf({ records: [aRepair({ sig })] }));
    await show(sig, {}, io, now);
    expect(stdout().replace(/\s+/g, ' ')).toContain('below 20:1, it may well have recovered by itself');
  });

  it.each(['0000000000000000', 'abc', '../x', ''])('refuses %j', async (name) => {
    const { io, stderr } = capture(await folderOf());
    expect(await show(name, {}, io, now)).toBe(1);
    expect(stderr()).toContain('there is no failure');
  });
});
