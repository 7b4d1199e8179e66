import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEvents } from '../../dist/src/event-log/index.js';
import { event } from './event.mjs';
import { logTo } from './files.mjs';

const victim = fileURLToPath(new URL('./victim.mjs', import.meta.url));

/** Kills one writer a round while another continues; counts acknowledged events that were lost. */
export const killing = async (folder, rounds) => {
  const memoryDir = mkdtempSync(join(folder, 'kill-'));
  const log = logTo(memoryDir, { keepFiles: 1_000 });
  let own = 0;
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, [victim, memoryDir, `victim-${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let dots = 0;
    child.stdout.on('data', (chunk) => {
      dots += chunk.length;
      if (log.append({ ...event(own), tool: 'survivor' })) own += 1;
      if (dots > (round * 7) % 40) child.kill('SIGKILL');
    });
    await once(child, 'close');
  }
  const seen = new Map();
  let torn = 0;
  const onDamage = () => {
    torn += 1;
  };
  for await (const { tool, run_id } of readEvents(memoryDir, { onDamage })) {
    seen.set(tool, (seen.get(tool) ?? new Set()).add(Number.parseInt(run_id, 16)));
  }
  let acknowledged = own;
  let lost = own - (seen.get('survivor')?.size ?? 0);
  for (let round = 0; round < rounds; round += 1) {
    const name = `victim-${round}`;
    const acks = readFileSync(join(memoryDir, `${name}.acks`), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(Number);
    acknowledged += acks.length;
    lost += acks.filter((number) => !seen.get(name)?.has(number)).length;
  }
  return { acknowledged, lost, torn };
};
