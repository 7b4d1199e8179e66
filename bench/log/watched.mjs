// Loaded before a command: when it exits, writes its CPU time in ms and its peak memory in MB to file descriptor 3.
import { readFileSync, writeSync } from 'node:fs';

/** `maxRSS` also counts the memory of the parent process. */
const peakMemory = () => {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
};

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1_000, mb: peakMemory() }));
});
