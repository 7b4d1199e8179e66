import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHealer } from '../../src/index.ts';
import { program } from '../fixes/support.ts';

describe('a command of `fixes.own`', () => {
  it('heals a failure that a pattern of the user proposes it for, and is logged as own:NAME', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-own-')));
    const trace = join(folder, 'trace');
    const healer = await createHealer({
      cwd: folder,
      memoryDir: folder,
      env: { PATH: process.env.PATH, HEALFLOW_STATE_DIR: folder },
      config: {
        fixes: { own: { restart: { command: program('appends.mjs', trace, 'ran') } } },
        patterns: [{ id: 'stuck', class: 'network', text: 'tunnel is stuck', fix: ['own:restart'] }],
      },
    });
    let calls = 0;
    const outcome = await healer.runOutcome(
      'db_query',
      () => {
        calls += 1;
        if (calls === 1) throw new Error('tunnel is stuck');
        return 'rows';
      },
      { annotations: { readOnlyHint: true } },
    );
    await healer.close();
    expect(outcome).toMatchObject({ status: 'healed', fixes: [{ fix: 'own:restart', status: 'succeeded' }] });
    expect(readFileSync(trace, 'utf8')).toContain('ran');
    expect(readFileSync(join(folder, 'learned', 'tool_fixes.yaml'), 'utf8')).toContain('fix_applied: "own:restart"');
  });
});
