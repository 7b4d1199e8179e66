// Loaded before a command: tells at its end, on descriptor 3, the processor time in ms and the most memory in MB of its process.
import { readFileSync, writeSync } from 'node:fs';

/** `maxRSS` also counts what the process that started this one held. */
const mostMemory = () => {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
};

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1_000, mb: mostMemory() }));
});
