// Sums up a log and tells, as JSON, the calls, the time and the processor time in ms, and the most memory used in MB. Argument: memory folder.
import { readStats } from '../../dist/src/memory/index.js';

const began = performance.now();
const { total } = await readStats(process.argv[2], { onDamage: () => process.exit(1) });
const ms = performance.now() - began;
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({ calls: total.calls, ms, cpuMs: (user + system) / 1_000, mb: process.resourceUsage().maxRSS / 1024 }),
);
